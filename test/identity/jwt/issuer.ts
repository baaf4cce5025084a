import type { TokenRefusal } from '../../../lambda/identity/jwt/check-claims.ts';
import { JwtVerifier } from '../../../lambda/identity/jwt/token-verifier.ts';
import type { JwtSource } from '../../../lambda/policy/policy.ts';
import { keySet, type SigningKey, signingKey, signToken } from '../../support/tokens.ts';

export const ISSUER = 'https://login.example.com';
export const SOURCE: JwtSource = {
  kind: 'jwt',
  issuer: ISSUER,
  jwksUri: `${ISSUER}/.well-known/jwks.json`,
  audience: ['api', 'mobile'],
  audienceClaim: 'aud',
  client: 'sub',
  tier: 'plan',
  header: 'authorization',
  algorithms: ['RS256', 'ES256', 'EdDSA'],
};

/** An issuer and a verifier of its tokens, on a clock of their own. */
export function createIssuer(sources: readonly JwtSource[] = [SOURCE]) {
  const key = signingKey('k1');
  const world = {
    now: 1_800_000_000_000,
    /** Answers to fetches by address; an error fails them. */
    sets: new Map<string, unknown>([[SOURCE.jwksUri, keySet(key)]]),
    fetches: [] as string[],
    errors: [] as unknown[],
    refusals: [] as TokenRefusal[],
    key,
    down: false,
    verifier: undefined as unknown as JwtVerifier,
    /** Claims of a token that is right. */
    claims: (more: object = {}) => ({
      iss: ISSUER,
      aud: 'api',
      sub: 'user-7',
      plan: 'gold',
      exp: world.now / 1000 + 600,
      ...more,
    }),
    token: (more: object = {}, header: object = {}, by: SigningKey = key) => signToken(by, world.claims(more), header),
    verify: (token: string, source: JwtSource = sources[0]!) => world.verifier.verify(source, token),
  };
  world.verifier = new JwtVerifier({
    sources,
    clock: () => world.now,
    fetch: async (uri) => {
      world.fetches.push(uri);
      if (world.down) throw new Error('down');
      return world.sets.get(uri);
    },
    onError: (error) => world.errors.push(error),
    onRefused: (reason) => world.refusals.push(reason),
  });
  return world;
}
