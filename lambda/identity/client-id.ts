/** Letters, digits and `. _ @ + = -`, first a letter or digit, at most 64: safe in a key, a header, a log and a shell. */
const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,63}$/;
/** Ids of API Gateway's own keys, which are clients too, begin with this; no id in the registry can. */
const GATEWAY_KEY_PREFIX = 'apigw:';
const GATEWAY_KEY_ID = /^[A-Za-z0-9-]{1,64}$/;

export const CLIENT_ID_ALLOWED =
  'letters, digits and . _ @ + = -, first a letter or a digit, at most 64 characters (for example acme or team-7)';

export function isClientId(text: string): boolean {
  return CLIENT_ID.test(text);
}

/** The client that one of API Gateway's own keys stands for; undefined where `keyId` is no key id. */
export function gatewayKeyClient(keyId: unknown): string | undefined {
  return typeof keyId === 'string' && GATEWAY_KEY_ID.test(keyId) ? `${GATEWAY_KEY_PREFIX}${keyId}` : undefined;
}

/** A client as a block names it: one of the registry, or one of API Gateway's keys (`apigw:KEY_ID`). */
export function isClientReference(text: string): boolean {
  if (!text.startsWith(GATEWAY_KEY_PREFIX)) return isClientId(text);
  return gatewayKeyClient(text.slice(GATEWAY_KEY_PREFIX.length)) !== undefined;
}
