import { z } from 'zod';
import { CHECKED, header, text } from './leaf.ts';

/** Signature algorithms that can be checked with a public key. `none` and the symmetric ones (HS256) are not among them. */
export const JWT_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
/** Names that keep clients of several entries apart, as in identity/client-id.ts. */
export const ISSUER_NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,15}$/;
export const MAX_AUDIENCES = 20;

const word = z.string(CHECKED).min(1, CHECKED).max(512, CHECKED);
const claim = z.string(CHECKED).min(1, CHECKED).max(128, CHECKED);
const name = text(ISSUER_NAME_PATTERN).describe(
  'Keeps the clients of several entries of one kind apart: partner makes jwt.partner:ID.',
);

const jwt = z
  .strictObject({
    issuer: word.describe('What iss must be, to the letter: https://login.example.com.'),
    audience: z
      .union([word, z.array(word, CHECKED).min(1, CHECKED).max(MAX_AUDIENCES, CHECKED)], CHECKED)
      .describe('What aud must hold, or a list of which it must hold one.'),
    audienceClaim: claim.describe("The claim with the audience; client_id for Cognito's access tokens.").optional(),
    client: claim.describe('The claim that names the client (default: sub).').optional(),
    tier: claim.describe("The claim that names the client's tier; absent: the first tier.").optional(),
    header: header.describe('The header that carries the token (default: authorization, as Bearer TOKEN).').optional(),
    jwksUri: word
      .describe("Where the issuer publishes its keys (default: the issuer's /.well-known/jwks.json).")
      .optional(),
    algorithms: z
      .array(z.enum(JWT_ALGORITHMS, CHECKED), CHECKED)
      .min(1, CHECKED)
      .describe('Signature algorithms to take (default: all of these).')
      .optional(),
    name: name.optional(),
  })
  .describe('Tokens of an issuer: signature, issuer, audience and time are checked.');

const authorizer = z
  .strictObject({
    client: claim.describe('The claim, or key of its context, that names the client.'),
    tier: claim.describe("The same for the client's tier.").optional(),
    name: name.optional(),
  })
  .describe('What another authorizer in front of the backend has proven; for the middleware rateLimit only.');

/** One entry of `identify`: exactly one of the ways. */
export const identifyEntry = z.strictObject({
  apiKey: header.describe('The header that carries a key of the registry, for example x-api-key.').optional(),
  jwt: jwt.optional(),
  iam: z
    .literal(true, CHECKED)
    .describe('true: the IAM principal that signed the request; for the middleware rateLimit only.')
    .optional(),
  authorizer: authorizer.optional(),
  header: header.describe('A header that is believed as it stands; needs trusted: true.').optional(),
  trusted: z.literal(true, CHECKED).describe('true: nobody but trusted parties can set the header.').optional(),
  name: name.optional(),
});

/** The keys that the schema knows at a place below an entry. */
export function identifyKeys([way]: readonly (string | number)[]): readonly string[] {
  if (way === 'jwt') return Object.keys(jwt.shape);
  if (way === 'authorizer') return Object.keys(authorizer.shape);
  return Object.keys(identifyEntry.shape);
}
