import { safeText } from '../http/header-value.ts';
import { REGISTRY } from '../store/registry-keys.ts';
import type { Order } from './registry-reader.ts';

/** Resets beyond this number are not heeded. */
export const MAX_RESETS = 1000;

export interface ResetsOptions {
  /** Makes the limiter forget what it has seen of a subject. */
  readonly forget: (subject: string) => void;
  /** Told of every reset that comes after the first reading, with the person and the reason that the command line has named. */
  readonly onReset?: (said: Readonly<Record<'subject' | 'by' | 'why', string>>) => void;
}

/**
 * Subjects whose counters were deleted. The item is gone for all containers at once; what each of them remembers of it
 * (that there is no room, units taken ahead) has to go as well, once for each reset.
 *
 * A reset is told by its instant: whatever that is, even none, one that is not known means no more than to look again.
 */
export class Resets {
  readonly #options: ResetsOptions;
  /** By sort key, when it was reset. */
  #known: ReadonlyMap<string, string> | undefined;

  constructor(options: ResetsOptions) {
    this.#options = options;
  }

  take(orders: readonly Order[]): void {
    const before = this.#known;
    const mine = orders.filter(({ key }) => key.startsWith(REGISTRY.resetPrefix)).slice(0, MAX_RESETS);
    this.#known = new Map(mine.map(({ key, fields }) => [key, fields.at ?? '']));
    for (const { key, fields } of mine) {
      if (before?.get(key) === (fields.at ?? '')) continue;
      const subject = key.slice(REGISTRY.resetPrefix.length);
      this.#options.forget(subject);
      if (before) this.#options.onReset?.(said(subject, fields));
    }
  }
}

const said = (subject: string, { by = '', why = '' }: Order['fields']) => ({
  subject: safeText(subject),
  by: safeText(by),
  why: safeText(why),
});
