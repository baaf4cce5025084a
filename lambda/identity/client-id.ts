import { createHash } from 'node:crypto';

/** Letters, digits and `. _ @ + = -`, first a letter or digit, at most 64: safe in a key, a header, a log and a shell. */
const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,63}$/;
/** Ids of API Gateway's own keys, which are clients too, begin with this; no id in the registry can. */
const GATEWAY_KEY_PREFIX = 'apigw:';
const GATEWAY_KEY_ID = /^[A-Za-z0-9-]{1,64}$/;
/** Clients that somebody else than the registry names: by whom, then what was named. */
const ISSUED =
  /^(?:jwt|iam|authorizer|header)(?:\.[a-z0-9][a-z0-9-]{0,15})?:(?:#[A-Za-z0-9_-]{43}|[A-Za-z0-9._@+=-]{1,64})$/;
/** Ids of issuers that are longer are not read, in UTF-16 units. */
const MAX_ISSUED = 1024;

export const CLIENT_ID_ALLOWED =
  'letters, digits and . _ @ + = -, first a letter or a digit, at most 64 characters (for example acme or team-7)';

export function isClientId(text: string): boolean {
  return CLIENT_ID.test(text);
}

/** The client that one of API Gateway's own keys stands for; undefined where `keyId` is no key id. */
export function gatewayKeyClient(keyId: unknown): string | undefined {
  return typeof keyId === 'string' && GATEWAY_KEY_ID.test(keyId) ? `${GATEWAY_KEY_PREFIX}${keyId}` : undefined;
}

/** Who can name a client besides the registry. `name` is the policy's, where one kind stands several times. */
export interface ClientIssuer {
  readonly kind: 'jwt' | 'iam' | 'authorizer' | 'header';
  readonly name?: string;
}

/**
 * The client that somebody names as `id`: `jwt:7f3a`, `jwt.partner:7f3a`. The part before the colon keeps the clients of
 * different issuers apart, and all of them from the registry's. Other characters than letters, digits and `. _ @ + -` are
 * written as `=` and two hexadecimal digits for each byte of UTF-8 (`auth0|7f3a` is `jwt:auth0=7C7f3a`); what is longer
 * than 64 characters then, as `#` and its SHA-256. Different ids stay different. Undefined where `id` can be none: no text
 * or whole number, empty, longer than 1,024 characters, or no Unicode.
 */
export function issuedClient({ kind, name }: ClientIssuer, id: unknown): string | undefined {
  const text = Number.isSafeInteger(id) ? String(id) : id;
  if (typeof text !== 'string' || text === '' || text.length > MAX_ISSUED || /\p{Cs}/u.test(text)) {
    return undefined;
  }
  const written = text.replace(/[^A-Za-z0-9._@+-]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  const short = written.length <= 64 ? written : `#${createHash('sha256').update(text).digest('base64url')}`;
  return `${kind}${name === undefined ? '' : `.${name}`}:${short}`;
}

/** A client as a block names it: one of the registry, one of API Gateway's keys (`apigw:KEY_ID`), or one of an issuer. */
export function isClientReference(text: string): boolean {
  if (!text.startsWith(GATEWAY_KEY_PREFIX)) return isClientId(text) || ISSUED.test(text);
  return gatewayKeyClient(text.slice(GATEWAY_KEY_PREFIX.length)) !== undefined;
}
