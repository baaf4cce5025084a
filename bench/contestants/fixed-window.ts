import { type AttributeValue, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Contestant, Rule } from './contestant.ts';
import { createTable, localClient } from './counter-table.ts';
import { DenialMemory, windowOf } from './denial-memory.ts';

/**
 * A fixed window as one writes it by hand, and writes it well: all limits of a client in one item, one conditional
 * UpdateItem for each decision, and a memory of denials.
 */
export const handMade: Contestant = {
  name: 'fixed',
  title: 'hand-made fixed window',
  suits: () => true,
  async open({ endpoint, rules, instances, clock, watch }) {
    const table = await createTable(endpoint, 'pk');
    const client = localClient(endpoint);
    watch(client);
    const memories = Array.from({ length: instances }, () => new DenialMemory());
    return {
      async decide(instance, caller) {
        const now = clock();
        const memory = memories[instance]!;
        if (memory.denies(caller, now)) return false;
        try {
          await client.send(
            new UpdateItemCommand({ TableName: table, Key: { pk: { S: caller } }, ...update(rules, now) }),
          );
          return true;
        } catch (error) {
          const refusal = error as { name?: string; Item?: Record<string, AttributeValue> };
          if (refusal.name !== 'ConditionalCheckFailedException') throw error;
          for (const rule of rules) {
            const full = Number(refusal.Item?.[attribute(rule, now)]?.N ?? 0) >= rule.limit;
            if (full) memory.remember(caller, (windowOf(now, rule.windowMs) + 1) * rule.windowMs);
          }
          return false;
        }
      },
      async used(caller, rule) {
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: caller } } }));
        return Number(Item?.[attribute(rule, clock())]?.N ?? 0);
      },
      async close() {
        client.destroy();
      },
    };
  },
};

const attribute = (rule: Rule, now: number, before = 0): string =>
  `${rule.name}.${windowOf(now, rule.windowMs) - before}`;

function update(rules: readonly Rule[], now: number) {
  const names = Object.fromEntries(
    rules.flatMap((rule, i) => [
      [`#n${i}`, attribute(rule, now)],
      [`#o${i}`, attribute(rule, now, 1)],
    ]),
  );
  const limits = Object.fromEntries(rules.map((rule, i) => [`:l${i}`, { N: String(rule.limit) }]));
  return {
    UpdateExpression: `ADD ${rules.map((_, i) => `#n${i} :one`).join(', ')} REMOVE ${rules.map((_, i) => `#o${i}`).join(', ')}`,
    ConditionExpression: rules.map((_, i) => `(attribute_not_exists(#n${i}) OR #n${i} < :l${i})`).join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...limits, ':one': { N: '1' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}
