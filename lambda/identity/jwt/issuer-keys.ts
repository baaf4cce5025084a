import { createPublicKey, type KeyObject } from 'node:crypto';
import { isJwk, type Jwk } from 'aws-jwt-verify/jwk';
import { FETCH_MS } from './fetch-keys.ts';
import { IssuerKeysError } from './issuer-error.ts';

/** A public key of an issuer, ready for use. */
export interface IssuerKey {
  readonly jwk: Jwk;
  readonly object: KeyObject;
}

export type KeyLookup =
  | { readonly kind: 'known'; readonly key: IssuerKey }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable' };

export interface IssuerKeysOptions {
  readonly uri: string;
  /** Fetches the JSON of the key set. */
  readonly fetch: (uri: string) => Promise<unknown>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How old the keys may get before they are fetched again, in the background of a request, ms. @default 600,000 */
  readonly freshMs?: number;
  /** How long they serve while they cannot be fetched, ms. @default 86,400,000 */
  readonly staleMs?: number;
  /** Fetches that unknown key ids cause are this far apart at least, ms. @default 10,000 */
  readonly unknownMs?: number;
  /** How long after a failure it is tried again, ms. @default 5,000 */
  readonly retryMs?: number;
  /** Told of every failure; the keys that are known stay in force. */
  readonly onError?: (error: unknown) => void;
}

/** More keys than this are not read. */
const MAX_KEYS = 100;

/** The public keys of one issuer, as last fetched. */
export class IssuerKeys {
  readonly #options: Required<Omit<IssuerKeysOptions, 'onError'>> & Pick<IssuerKeysOptions, 'onError'>;
  #keys: ReadonlyMap<string, IssuerKey> = new Map();
  #fetchedAt: number | undefined;
  #retryAt = 0;
  #loading: { readonly done: Promise<boolean>; readonly since: number } | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = { freshMs: 600_000, staleMs: 86_400_000, unknownMs: 10_000, retryMs: 5000, ...options };
  }

  /** The key, where it is known and may still be used; begins to fetch the keys again where that is due. */
  known(id: string): IssuerKey | undefined {
    const age = this.#age();
    if (age >= this.#options.freshMs && this.#mayFetch()) void this.load();
    return age < this.#options.staleMs ? this.#keys.get(id) : undefined;
  }

  /**
   * The key with this id. An id that is not known is looked for at the issuer, at most once in `unknownMs` whoever asks:
   * tokens are written by callers, and a flood of made-up ids must not become one of fetches.
   */
  async find(id: string): Promise<KeyLookup> {
    const key = this.known(id);
    if (key !== undefined) return { kind: 'known', key };
    if (this.#age() < this.#options.unknownMs) return { kind: 'unknown' };
    if (!this.#mayFetch() || !(await this.load())) return { kind: 'unavailable' };
    const found = this.#keys.get(id);
    return found === undefined ? { kind: 'unknown' } : { kind: 'known', key: found };
  }

  /** Fetches the keys; those who ask at once share one fetch. Never fails: false where they could not be fetched. */
  async load(): Promise<boolean> {
    const now = this.#options.clock();
    // One that was under way when the container was frozen is not waited for: it has lost its connection.
    if (this.#loading && now - this.#loading.since < FETCH_MS) return this.#loading.done;
    const loading = { done: this.#load(), since: now };
    this.#loading = loading;
    const loaded = await loading.done;
    if (this.#loading === loading) this.#loading = undefined;
    return loaded;
  }

  async #load(): Promise<boolean> {
    const { uri, fetch, clock, retryMs, onError } = this.#options;
    try {
      const keys = readKeys(await fetch(uri), this.#keys);
      // No key at all is a mistake of the issuer's rather than the end of all its tokens.
      if (keys.size === 0) throw new IssuerKeysError(uri, 'there is no usable key in the answer');
      this.#keys = keys;
      this.#fetchedAt = clock();
      return true;
    } catch (error) {
      this.#retryAt = clock() + retryMs;
      onError?.(error);
      return false;
    }
  }

  #mayFetch(): boolean {
    return this.#options.clock() >= this.#retryAt;
  }

  /** A clock that went back makes keys old, not eternal. */
  #age(): number {
    const age = this.#fetchedAt === undefined ? Number.POSITIVE_INFINITY : this.#options.clock() - this.#fetchedAt;
    return age < 0 ? this.#options.freshMs : age;
  }
}

/** The keys for signatures in a key set, by id. A key that has not changed stays the same object. */
function readKeys(set: unknown, before: ReadonlyMap<string, IssuerKey>): ReadonlyMap<string, IssuerKey> {
  const list = typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys) ? set.keys : [];
  const keys = new Map<string, IssuerKey>();
  for (const jwk of list.slice(0, MAX_KEYS)) {
    // A shared secret (`oct`) among public keys would let whoever reads them sign.
    if (!isJwk(jwk) || jwk.kid === undefined || jwk.kty === 'oct' || (jwk.use ?? 'sig') !== 'sig') continue;
    if (keys.has(jwk.kid)) continue;
    const known = before.get(jwk.kid);
    const key = known && JSON.stringify(known.jwk) === JSON.stringify(jwk) ? known : importKey(jwk);
    if (key !== undefined) keys.set(jwk.kid, key);
  }
  return keys;
}

function importKey(jwk: Jwk): IssuerKey | undefined {
  try {
    return { jwk, object: createPublicKey({ key: jwk, format: 'jwk' }) };
  } catch {
    return undefined;
  }
}
