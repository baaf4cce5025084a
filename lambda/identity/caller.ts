import type { IdentitySource, JwtSource } from '../policy/policy.ts';
import { keyHashesOf } from './api-key.ts';
import { authorizerClient } from './authorizer-claims.ts';
import type { ClientCache } from './client-cache.ts';
import { gatewayKeyClient, isClientId } from './client-id.ts';
import type { HeaderSource } from './headers.ts';
import { iamClient } from './iam-principal.ts';
import { type TokenVerifier, tokenOf } from './tokens.ts';
import { trustedHeaderClient } from './trusted-header.ts';

/** Who is calling, as far as it is proven. */
export interface Caller {
  /** `203.0.113.7`, `2001:db8:1:2::/64`, or `unknown` where the event names no address: those share one budget. */
  readonly address: string;
  /** Absent: nothing was proven, and the caller is its address. */
  readonly client?: string;
  readonly tier: string;
}

/** Who the caller proved to be. `unavailable`: a key or token came that could not be checked. */
export type Identity =
  | { readonly kind: 'client'; readonly client: string; readonly tier?: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unavailable' };

/** What may prove who calls. */
export type Evidence =
  /** A key of the registry, as its SHA-256. */
  | { readonly kind: 'key'; readonly sha256: string }
  /** A token that is not checked yet. Never to be stored or logged. */
  | { readonly kind: 'token'; readonly source: JwtSource; readonly token: string }
  /** Needs no proof of ours: AWS has checked it, or the policy trusts it. */
  | { readonly kind: 'proven'; readonly client: string; readonly tier?: string };

export interface Credentials {
  /** In the order in which they are asked. */
  readonly evidence: readonly Evidence[];
  /** Whether something must be looked up or verified. */
  readonly needsProof: boolean;
}

/** What an event says of its caller apart from headers; events of authorizers have neither. */
export interface ProvenContext {
  /** `requestContext.identity` (REST). */
  readonly identity?: unknown;
  /** `requestContext.authorizer`: of an authorizer in front of the function that asks. */
  readonly authorizer?: unknown;
}

/** @param gatewayKeyId the id of API Gateway's own key, where it has recognised one: a client whatever the policy says */
export function credentialsOf(
  sources: readonly IdentitySource[],
  headers: HeaderSource,
  gatewayKeyId: unknown,
  context: ProvenContext = {},
): Credentials {
  const evidence = sources.flatMap((source) => evidenceOf(source, headers, context));
  const client = gatewayKeyClient(gatewayKeyId);
  if (client !== undefined) evidence.push({ kind: 'proven', client });
  return { evidence, needsProof: evidence.some(({ kind }) => kind !== 'proven') };
}

function evidenceOf(source: IdentitySource, headers: HeaderSource, context: ProvenContext): Evidence[] {
  switch (source.kind) {
    case 'apiKey':
      return keyHashesOf([source], headers).map((sha256) => ({ kind: 'key', sha256 }));
    case 'jwt': {
      const token = tokenOf(source, headers);
      return token === undefined ? [] : [{ kind: 'token', source, token }];
    }
    case 'iam':
      return proven(iamClient(context.identity, context.authorizer));
    case 'header':
      return proven(trustedHeaderClient(source, headers));
    case 'authorizer': {
      const found = authorizerClient(source, context.authorizer);
      return found === undefined ? [] : [{ kind: 'proven', ...found }];
    }
  }
}

const proven = (client: string | undefined): Evidence[] => (client === undefined ? [] : [{ kind: 'proven', client }]);

/** The first evidence that proves somebody wins; what comes after it is not looked at. */
export async function identify(
  { evidence }: Credentials,
  clients: Pick<ClientCache, 'lookUp'>,
  tokens?: TokenVerifier,
): Promise<Identity> {
  let unavailable = false;
  for (const one of evidence) {
    const identity = await prove(one, clients, tokens);
    if (identity.kind === 'client') return identity;
    unavailable ||= identity.kind === 'unavailable';
  }
  return { kind: unavailable ? 'unavailable' : 'none' };
}

async function prove(
  evidence: Evidence,
  clients: Pick<ClientCache, 'lookUp'>,
  tokens: TokenVerifier | undefined,
): Promise<Identity> {
  switch (evidence.kind) {
    case 'proven': {
      const { client, tier } = evidence;
      return tier === undefined ? { kind: 'client', client } : { kind: 'client', client, tier };
    }
    case 'token':
      // Without a verifier nobody can say whether it is right: neither pass for its owner nor 401.
      return tokens === undefined ? { kind: 'unavailable' } : tokens.verify(evidence.source, evidence.token);
    case 'key': {
      const found = await clients.lookUp(evidence.sha256);
      if (found.kind === 'unavailable') return found;
      if (found.kind !== 'known' || !isClientId(found.record.client)) return { kind: 'none' };
      return { kind: 'client', client: found.record.client, tier: found.record.tier };
    }
  }
}
