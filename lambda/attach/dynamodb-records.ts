import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { REGISTRY } from '../store/registry-keys.ts';
import { AttachError } from './attach-error.ts';
import type { AttachRecord, AttachTarget, Json, RecordStore } from './model.ts';

/** The records of one API in the registry table. Needs `dynamodb:Query`, `PutItem` and `DeleteItem`. */
export function dynamodbRecords(
  client: DynamoDBClient,
  table: string,
  { kind, apiId }: Pick<AttachTarget, 'kind' | 'apiId'>,
): RecordStore {
  const partition = REGISTRY.attachmentPartition(kind, apiId);
  const put = (record: AttachRecord): PutItemCommand['input'] => ({
    TableName: table,
    Item: itemOf(partition, record),
  });
  return {
    all: () =>
      ask('read', async () => {
        const records = new Map<string, AttachRecord>();
        let from: Record<string, AttributeValue> | undefined;
        do {
          const command = new QueryCommand({
            TableName: table,
            ConsistentRead: true,
            KeyConditionExpression: '#pk = :pk',
            ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey },
            ExpressionAttributeValues: { ':pk': { S: partition } },
            ExclusiveStartKey: from,
          });
          const page = await client.send(command);
          for (const item of page.Items ?? []) records.set(keyOf(item), recordOf(item));
          from = page.LastEvaluatedKey;
        } while (from !== undefined);
        // In the order of the changes: what was changed last is given back first.
        return new Map([...records].sort(([, a], [, b]) => a.at - b.at));
      }),

    // Two runs, the second after a kill or a lost answer, both about to change one element:
    //
    //   run 1: put(before: NONE) ── set(ours) ── killed
    //   run 2: reads ours ── put(before: ours) ── refused: run 1's record stays, and NONE comes back in the end
    putFirst: (record) =>
      ask('write', async () => {
        try {
          const command = new PutItemCommand({
            ...put(record),
            ConditionExpression: 'attribute_not_exists(#pk)',
            ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          });
          await client.send(command);
          return record;
        } catch (error) {
          const { name, Item } = error as { name?: string; Item?: Record<string, AttributeValue> };
          if (name !== 'ConditionalCheckFailedException' || Item === undefined) throw error;
          return recordOf(Item);
        }
      }),

    update: (record) =>
      ask('write', async () => {
        await client.send(new PutItemCommand(put(record)));
      }),

    remove: (key) =>
      ask('delete', async () => {
        const id = { [REGISTRY.partitionKey]: { S: partition }, [REGISTRY.sortKey]: { S: key } };
        await client.send(new DeleteItemCommand({ TableName: table, Key: id }));
      }),
  };
}

function itemOf(partition: string, { key, before, after, earlier, at }: AttachRecord): Record<string, AttributeValue> {
  return {
    [REGISTRY.partitionKey]: { S: partition },
    [REGISTRY.sortKey]: { S: key },
    before: { S: JSON.stringify(before) },
    after: { S: JSON.stringify(after) },
    ...(earlier !== undefined && { earlier: { S: JSON.stringify(earlier) } }),
    at: { N: String(at) },
  };
}

const keyOf = (item: Record<string, AttributeValue>): string => item[REGISTRY.sortKey]?.S ?? '';

function recordOf(item: Record<string, AttributeValue>): AttachRecord {
  const json = (name: string): Json => JSON.parse(item[name]?.S ?? 'null') as Json;
  return {
    key: keyOf(item),
    before: json('before'),
    after: json('after'),
    ...(item.earlier !== undefined && { earlier: json('earlier') }),
    at: Number(item.at?.N ?? 0),
  };
}

async function ask<T>(verb: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { name } = (error ?? {}) as { name?: string };
    const message = `the records of what was there before could not be ${verb === 'read' ? 'read' : verb === 'write' ? 'written' : 'deleted'}`;
    throw new AttachError('records', `${message} in the registry table (${name ?? 'unknown error'})`, { cause: error });
  }
}
