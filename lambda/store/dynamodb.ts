import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CounterItem, CounterStore } from '../limiter/counter-store.ts';
import { storeErrorOf } from './aws-failure.ts';
import { COUNTERS } from './registry-keys.ts';
import { StoreItemError } from './store-error.ts';
import { updateExpression } from './update-expression.ts';

/**
 * Counters in a DynamoDB table. Each update is one UpdateItem, which answers with the whole item whether the condition
 * held or not, so nothing is ever read. `dynamodb:UpdateItem` is all that it needs.
 *
 * The client must not retry by itself (`createDynamoDbClient`): a write is not idempotent, and the deadline is short.
 */
export function dynamodbStore(client: DynamoDBClient, tableName: string): CounterStore {
  return {
    async update(subject, write, options) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: { [COUNTERS.partitionKey]: { S: subject } },
        ...updateExpression(write),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        const { Attributes } = await client.send(command, options?.signal ? { abortSignal: options.signal } : {});
        return { applied: true, item: countsOf(Attributes) ?? {} };
      } catch (error) {
        if (error instanceof StoreItemError) throw error;
        if (!isConditionFailure(error)) throw storeErrorOf(error);
        return { applied: false, item: countsOf(error.Item) };
      }
    },
  };
}

type Attributes = Record<string, AttributeValue>;

/** By name and not by class: the error may come from another copy of the SDK. */
const isConditionFailure = (error: unknown): error is { Item?: Attributes } =>
  (error as { name?: unknown } | undefined)?.name === 'ConditionalCheckFailedException';

/**
 * Attributes of other types are somebody else's. A number that is no count was not written by the limiter: to reckon
 * with it could give any answer, or none.
 */
function countsOf(attributes: Attributes | undefined): CounterItem | undefined {
  if (!attributes) return undefined;
  const item: Record<string, number> = {};
  for (const name in attributes) {
    const digits = attributes[name]?.N;
    if (digits === undefined) continue;
    const count = Number(digits);
    if (!Number.isSafeInteger(count) || count < 0) throw new StoreItemError(name);
    item[name] = count;
  }
  return item;
}
