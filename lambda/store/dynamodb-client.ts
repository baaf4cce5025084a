import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** How long a connection may take to open, ms. Above the first decision's deadline: that one decides. */
const CONNECTION_MS = 2000;

/**
 * The client for the counters: no retries of its own, connections kept open.
 *
 * One retry is made by `reliableStore`, inside its deadline and only where it helps. The SDK's would come after its own
 * pauses, and would repeat writes whose fate is unknown.
 */
export function createDynamoDbClient(options: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_MS,
      httpsAgent: { keepAlive: true, maxSockets: 64 },
      httpAgent: { keepAlive: true, maxSockets: 64 },
    },
    ...options,
  });
}
