import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Contestant, Rule } from './contestant.ts';
import { createTable, localClient } from './counter-table.ts';
import { DenialMemory, windowOf } from './denial-memory.ts';

/**
 * Several limits, all or none, as a transaction over one item for each: the other way to write it by hand. Fixed windows
 * and a memory of denials. On AWS transactions on the same item also conflict; a local engine shows none of that.
 */
export const transactions: Contestant = {
  name: 'transactions',
  title: 'TransactWriteItems',
  suits: (rules) => rules.length > 1,
  async open({ endpoint, rules, instances, clock, watch }) {
    const table = await createTable(endpoint, 'pk');
    const client = localClient(endpoint);
    watch(client);
    const memories = Array.from({ length: instances }, () => new DenialMemory());
    const keyOf = (caller: string, rule: Rule) => ({
      pk: { S: `${caller}#${rule.name}#${windowOf(clock(), rule.windowMs)}` },
    });
    return {
      async decide(instance, caller) {
        const now = clock();
        const memory = memories[instance]!;
        if (memory.denies(caller, now)) return false;
        const TransactItems = rules.map((rule) => ({
          Update: {
            TableName: table,
            Key: keyOf(caller, rule),
            UpdateExpression: 'ADD n :one',
            ConditionExpression: 'attribute_not_exists(n) OR n < :limit',
            ExpressionAttributeValues: { ':one': { N: '1' }, ':limit': { N: String(rule.limit) } },
          },
        }));
        try {
          await client.send(new TransactWriteItemsCommand({ TransactItems }));
          return true;
        } catch (error) {
          const { name, CancellationReasons = [] } = error as {
            name?: string;
            CancellationReasons?: { Code?: string }[];
          };
          const refusals = CancellationReasons.map(({ Code }) => Code === 'ConditionalCheckFailed');
          if (name !== 'TransactionCanceledException' || !refusals.includes(true)) throw error;
          for (const [i, rule] of rules.entries()) {
            if (refusals[i]) memory.remember(caller, (windowOf(now, rule.windowMs) + 1) * rule.windowMs);
          }
          return false;
        }
      },
      async used(caller, rule) {
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: keyOf(caller, rule) }));
        return Number(Item?.n?.N ?? 0);
      },
      async close() {
        client.destroy();
      },
    };
  },
};
