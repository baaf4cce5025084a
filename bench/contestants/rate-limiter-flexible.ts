import { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Contestant } from './contestant.ts';
import { createTable, localConfig } from './counter-table.ts';
import { loadPeer } from './install.ts';

/** The part of its face that is used here. */
interface Peer {
  RateLimiterDynamo: new (options: Record<string, unknown>, ready: (error?: unknown) => void) => PeerLimiter;
  RateLimiterUnion: new (...limiters: PeerLimiter[]) => { consume(key: string): Promise<unknown> };
}
interface PeerLimiter {
  consume(key: string): Promise<unknown>;
  get(key: string): Promise<{ consumedPoints: number } | null>;
}

/**
 * RateLimiterDynamo, and several of them in its RateLimiterUnion, as its documentation shows.
 *
 * @param memory whether denials are remembered by the instance (`inMemoryBlockOnConsumed`)
 */
function rateLimiterFlexible(name: string, title: string, memory: boolean): Contestant {
  return {
    name,
    title,
    suits: () => true,
    async open({ endpoint, rules, instances, watch }) {
      const { RateLimiterDynamo, RateLimiterUnion } = loadPeer() as Peer;
      const tableName = await createTable(endpoint, 'key');
      const storeClient = new DynamoDB(localConfig(endpoint));
      watch(storeClient);
      const limiter = (rule: (typeof rules)[number]): Promise<PeerLimiter> =>
        new Promise((resolve, reject) => {
          const options = {
            storeClient,
            tableName,
            tableCreated: true,
            ttlSet: true,
            keyPrefix: rule.name,
            points: rule.limit,
            duration: rule.windowMs / 1000,
            ...(memory && { inMemoryBlockOnConsumed: rule.limit }),
          };
          const made: PeerLimiter = new RateLimiterDynamo(options, (error) => (error ? reject(error) : resolve(made)));
        });
      const make = async () => {
        const limiters = await Promise.all(rules.map(limiter));
        return limiters.length === 1 ? limiters[0]! : new RateLimiterUnion(...limiters);
      };
      const all = await Promise.all(Array.from({ length: instances }, make));
      return {
        async decide(instance, client) {
          try {
            await all[instance]!.consume(client);
            return true;
          } catch (rejection) {
            // A denial is a result by limit, or one result; anything else is a fault.
            const results = rules.length === 1 ? [rejection] : Object.values(rejection as object);
            if (results.every(isDenial)) return false;
            throw rejection;
          }
        },
        async used(client, rule) {
          return (await (await limiter(rule)).get(client))?.consumedPoints ?? 0;
        },
        async close() {
          storeClient.destroy();
        },
      };
    },
  };
}

const isDenial = (result: unknown): boolean =>
  typeof (result as { msBeforeNext?: unknown } | undefined)?.msBeforeNext === 'number' && !(result instanceof Error);

export const peer = rateLimiterFlexible('rlf', 'rate-limiter-flexible', false);
export const peerWithMemory = rateLimiterFlexible('rlf-memory', 'rate-limiter-flexible + memory', true);
