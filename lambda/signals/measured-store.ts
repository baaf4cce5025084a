import type { CounterStore } from '../limiter/counter-store.ts';
import { StoreError } from '../limiter/store-error.ts';
import type { ContainerMetrics } from './container-metrics.ts';

/**
 * Measures each write that `store` is asked for, whatever becomes of it, and counts those that were throttled.
 *
 * @param clock milliseconds that never go back
 */
export function measuredStore(
  store: CounterStore,
  metrics: Pick<ContainerMetrics, 'count' | 'time'>,
  clock: () => number = () => performance.now(),
): CounterStore {
  return {
    async update(subject, write, options) {
      const since = clock();
      try {
        return await store.update(subject, write, options);
      } catch (error) {
        if (error instanceof StoreError && error.reason === 'throttled') metrics.count('StoreThrottles');
        throw error;
      } finally {
        metrics.time('StoreLatency', clock() - since);
      }
    },
  };
}
