import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** How the SDK names the middleware that repeats requests; others place themselves next to it, so the name has to stay. */
const RETRY = 'retryMiddleware';

/**
 * A view of a client that sends each request once, whatever retries the client itself is set to: a write of the counters
 * is not idempotent, and the one retry that helps is made inside the deadline (`reliableStore`). The client itself is
 * left as it is, and connections are shared with it.
 */
export function sendingOnce(client: DynamoDBClient): DynamoDBClient {
  const middlewareStack = client.middlewareStack.clone();
  middlewareStack.add((next) => (args) => next(args), {
    name: RETRY,
    step: 'finalizeRequest',
    priority: 'high',
    override: true,
  });
  return Object.create(client, { middlewareStack: { value: middlewareStack } });
}
