import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CounterItem, CounterStore } from '../limiter/counter-store.ts';
import { storeErrorOf } from './aws-failure.ts';
import { COUNTERS } from './registry-keys.ts';
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
        return { applied: true, item: numbersOf(Attributes ?? {}) };
      } catch (error) {
        if (!isConditionFailure(error)) throw storeErrorOf(error);
        return { applied: false, item: error.Item && numbersOf(error.Item) };
      }
    },
  };
}

type Attributes = Record<string, AttributeValue>;

/** By name and not by class: the error may come from another copy of the SDK. */
const isConditionFailure = (error: unknown): error is { Item?: Attributes } =>
  (error as { name?: unknown } | undefined)?.name === 'ConditionalCheckFailedException';

function numbersOf(attributes: Attributes): CounterItem {
  const item: Record<string, number> = {};
  for (const name in attributes) {
    const digits = attributes[name]?.N;
    if (digits !== undefined) item[name] = Number(digits);
  }
  return item;
}
