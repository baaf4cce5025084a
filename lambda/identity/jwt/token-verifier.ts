import { createHash } from 'node:crypto';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import { LRUCache } from 'lru-cache';
import type { IdentitySource, JwtSource } from '../../policy/policy.ts';
import { issuedClient } from '../client-id.ts';
import { MAX_TOKEN, type TokenProof, type TokenVerifier } from '../tokens.ts';
import { checkClaims, checkTimes, own, type Times, type TokenRefusal } from './check-claims.ts';
import { fetchKeys } from './fetch-keys.ts';
import { type IssuerKey, IssuerKeys } from './issuer-keys.ts';

export interface JwtVerifierOptions {
  readonly sources: readonly IdentitySource[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Fetches the JSON of a key set. @default - one GET, bounded in time and size */
  readonly fetch?: (uri: string) => Promise<unknown>;
  /** How many tokens that were right are remembered. @default 10,000 */
  readonly maxTokens?: number;
  /** Told of every failure to fetch keys. */
  readonly onError?: (error: unknown) => void;
  /** Told why a token proved nothing. */
  readonly onRefused?: (reason: TokenRefusal) => void;
}

/** A token that was right. */
interface Proven extends Times {
  readonly keyId: string;
  readonly key: IssuerKey;
  readonly client: string;
  readonly tier?: string;
}

/**
 * Checks tokens of the policy's issuers: signature by a published key, issuer, audience, `exp` and `nbf`.
 *
 * The result is remembered by the token's SHA-256, never the token, for as long as the token is valid and the issuer
 * publishes the key that signed it. Only tokens that were right are: callers cannot fill the memory.
 */
export class JwtVerifier implements TokenVerifier {
  readonly #options: JwtVerifierOptions;
  readonly #sources = new Map<JwtSource, { readonly number: number; readonly keys: IssuerKeys }>();
  readonly #proven: LRUCache<string, Proven>;

  constructor(options: JwtVerifierOptions) {
    this.#options = options;
    this.#proven = new LRUCache({ max: options.maxTokens ?? 10_000 });
    const { clock, fetch = fetchKeys, onError } = options;
    // Two sources of one issuer share its keys.
    const byUri = new Map<string, IssuerKeys>();
    for (const [number, source] of options.sources.entries()) {
      if (source.kind !== 'jwt') continue;
      const uri = source.jwksUri;
      const keys = byUri.get(uri) ?? new IssuerKeys({ uri, fetch, clock, ...(onError && { onError }) });
      byUri.set(uri, keys);
      this.#sources.set(source, { number, keys });
    }
  }

  /** Fetches the keys of all issuers, within a second or so. Never fails. */
  async load(): Promise<void> {
    await Promise.all([...new Set([...this.#sources.values()].map(({ keys }) => keys))].map((keys) => keys.load()));
  }

  async verify(source: JwtSource, token: string): Promise<TokenProof> {
    const proof = await this.#verify(source, token);
    if (typeof proof === 'object') return proof;
    this.#options.onRefused?.(proof);
    return { kind: 'none' };
  }

  async #verify(source: JwtSource, token: string): Promise<TokenProof | TokenRefusal> {
    if (token.length > MAX_TOKEN) return 'malformed';
    const known = this.#sources.get(source);
    if (known === undefined) return { kind: 'unavailable' };
    const { number, keys } = known;
    // By source as well: what one accepts another may not.
    const id = createHash('sha256').update(`${number} ${token}`).digest('base64');
    const before = this.#proven.get(id);
    if (before !== undefined && keys.known(before.keyId) === before.key) {
      return checkTimes(before, this.#options.clock()) ?? proofOf(before);
    }

    const parts = decompose(token);
    if (parts === undefined) return 'malformed';
    const { header, payload } = parts;
    const wrong = checkClaims(source, header, payload, this.#options.clock());
    if (wrong !== undefined) return wrong;
    const client = issuedClient(source, own(payload, source.client));
    if (client === undefined) return 'client-claim';
    const found = await keys.find(header.kid!);
    if (found.kind === 'unavailable') return found;
    if (found.kind === 'unknown') return 'unknown-key';
    if (!isSigned(token, source, found.key)) return 'signature';

    const tier = source.tier === undefined ? undefined : own(payload, source.tier);
    const proven: Proven = {
      keyId: header.kid!,
      key: found.key,
      client,
      ...(typeof tier === 'string' && { tier }),
      exp: payload.exp,
      nbf: payload.nbf,
    };
    this.#proven.set(id, proven);
    return proofOf(proven);
  }
}

function decompose(token: string) {
  try {
    return decomposeUnverifiedJwt(token);
  } catch {
    return undefined;
  }
}

/** Times are checked by the caller, on its clock, and audiences, which may be in another claim: here the signature. */
function isSigned(token: string, source: JwtSource, { jwk, object }: IssuerKey): boolean {
  const options = { issuer: source.issuer, audience: null, graceSeconds: Number.POSITIVE_INFINITY };
  try {
    verifyJwtSync(token, jwk, options, () => object);
    return true;
  } catch {
    return false;
  }
}

function proofOf({ client, tier }: Proven): TokenProof {
  return tier === undefined ? { kind: 'client', client } : { kind: 'client', client, tier };
}
