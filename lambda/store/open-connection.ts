import type { CounterStore } from '../limiter/counter-store.ts';
import { StoreError } from '../limiter/store-error.ts';

/**
 * Opens the connection to the store before the first request needs it: name resolution, TLS and credentials can take
 * longer than a decision's deadline. For a function's INIT.
 *
 * It sends a write whose condition cannot hold, because writing is all that the function may do; that costs one write
 * unit for each container. Failures are left to the first decision.
 */
export async function openConnection(store: CounterStore): Promise<void> {
  try {
    await store.update('~', {
      conditions: [
        { kind: 'absent', attribute: 'v' },
        { kind: 'at-most', attribute: 'v', value: 0 },
      ],
      assignments: [{ attribute: 'v', start: 0, add: 0 }],
      removals: [],
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
