import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StoreClock } from './store-clock.ts';

/**
 * Hands the `Date` header of every answer of `client`, failed ones too, to `clock`.
 *
 * @param own the clock that `clock` corrects, milliseconds since the epoch
 */
export function observeDates(client: DynamoDBClient, clock: StoreClock, own: () => number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = own();
      const result = await next(args);
      const { headers } = (result.response ?? {}) as { headers?: Record<string, string> };
      clock.observe(headers?.date, sentAt, own());
      return result;
    },
    // Nearest to the wire: before the answer is turned into an output or an error.
    { name: 'headgateObserveDates', step: 'deserialize', priority: 'low' },
  );
}
