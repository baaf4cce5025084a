import { LRUCache } from 'lru-cache';
import { Breaker } from '../store/breaker.ts';
import type { ClientRecord, RegistryReader } from './registry-reader.ts';

/** What is known of a key. `unavailable`: the registry could not be asked and had not been asked before. */
export type ClientLookup =
  | { readonly kind: 'known'; readonly record: ClientRecord }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable' };

export interface ClientCacheOptions {
  readonly registry: Pick<RegistryReader, 'clientByKey'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How long an answer of the registry is good, ms. @default 60,000 */
  readonly freshMs?: number;
  /** How long a known client's last answer serves while the registry cannot be asked, ms. @default 86,400,000 */
  readonly staleMs?: number;
  /** How many keys are remembered of either kind. @default 10,000 */
  readonly maxKeys?: number;
  /** Milliseconds that never go back, for the breaker. @default performance.now */
  readonly elapsed?: () => number;
  /** Told of every failure of the registry. */
  readonly onError?: (error: unknown) => void;
}

interface Entry {
  readonly record: ClientRecord;
  readonly at: number;
}

/**
 * Looks keys up, at most once a minute each, and rides out a failing registry.
 *
 * Known and unknown keys have a cache each: a flood of made-up keys cannot push a client out, whose entry is what serves
 * it when the registry fails.
 */
export class ClientCache {
  readonly #options: Required<Omit<ClientCacheOptions, 'onError'>> & Pick<ClientCacheOptions, 'onError'>;
  readonly #known: LRUCache<string, Entry>;
  readonly #unknown: LRUCache<string, number>;
  readonly #underWay = new Map<string, Promise<ClientLookup>>();
  readonly #breaker: Breaker;

  constructor(options: ClientCacheOptions) {
    this.#options = {
      freshMs: 60_000,
      staleMs: 86_400_000,
      maxKeys: 10_000,
      elapsed: () => performance.now(),
      ...options,
    };
    this.#known = new LRUCache({ max: this.#options.maxKeys });
    this.#unknown = new LRUCache({ max: this.#options.maxKeys });
    this.#breaker = new Breaker({ failures: 3, pauseMs: 1000, clock: this.#options.elapsed });
  }

  /** @param sha256 of the key, hex */
  async lookUp(sha256: string): Promise<ClientLookup> {
    const now = this.#options.clock();
    const entry = this.#known.get(sha256);
    if (entry && isYounger(entry.at, now, this.#options.freshMs)) return { kind: 'known', record: entry.record };
    const unknownSince = this.#unknown.get(sha256);
    if (unknownSince !== undefined && isYounger(unknownSince, now, this.#options.freshMs)) return { kind: 'unknown' };

    // Requests with one key at once ask once.
    let asked = this.#underWay.get(sha256);
    if (asked === undefined) {
      asked = this.#ask(sha256).finally(() => this.#underWay.delete(sha256));
      this.#underWay.set(sha256, asked);
    }
    const answer = await asked;
    if (answer.kind !== 'unavailable' || !entry || !isYounger(entry.at, now, this.#options.staleMs)) return answer;
    return { kind: 'known', record: entry.record };
  }

  async #ask(sha256: string): Promise<ClientLookup> {
    if (!this.#breaker.admits()) return { kind: 'unavailable' };
    const at = this.#options.clock();
    try {
      const record = await this.#options.registry.clientByKey(sha256);
      this.#breaker.succeeded();
      if (record === undefined) {
        this.#known.delete(sha256);
        this.#unknown.set(sha256, at);
        return { kind: 'unknown' };
      }
      this.#unknown.delete(sha256);
      this.#known.set(sha256, { record, at });
      return { kind: 'known', record };
    } catch (error) {
      this.#breaker.failed();
      this.#options.onError?.(error);
      return { kind: 'unavailable' };
    }
  }
}

/** A clock that went back makes an entry old, not eternal. */
const isYounger = (at: number, now: number, ms: number): boolean => now >= at && now - at < ms;
