import type { ApiAdapter, AttachRecord, AttachTarget, LeftRoute, RecordStore } from './model.ts';

export interface EngineParts<State> {
  readonly adapter: ApiAdapter<State>;
  readonly records: RecordStore;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Whether there is time for one more step. Asked between steps; at least one is done in each run. */
  readonly hasTime: () => boolean;
}

/** What a run has done. */
export interface AttachReport {
  /** `false`: time was up. The next run goes on where this one stopped. */
  readonly done: boolean;
  /** Keys of the elements that were changed. */
  readonly changed: readonly string[];
  /** Keys of the elements that were given back. */
  readonly restored: readonly string[];
  /** Keys of the elements that somebody else has changed since: they stay as they are. */
  readonly kept: readonly string[];
  readonly left: readonly LeftRoute[];
}

/** `REST API abc123`. */
export function apiText({ kind, apiId }: Pick<AttachTarget, 'kind' | 'apiId'>): string {
  return `${kind === 'rest' ? 'REST' : 'HTTP'} API ${apiId}`;
}

/** Gives back one element, then forgets it. A kill in between finds the value as it was before, and only forgets. */
export async function giveBack<State>(
  { adapter, records }: EngineParts<State>,
  state: State,
  target: AttachTarget,
  record: AttachRecord,
): Promise<void> {
  await adapter.set(state, target, record.key, record.before);
  await records.remove(record.key);
}
