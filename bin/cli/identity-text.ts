import type { IdentitySource } from '../../lambda/policy/policy.ts';

/** What one entry of `identify` does, in a sentence. */
export function identityText(source: IdentitySource): string {
  switch (source.kind) {
    case 'apiKey':
      return `a key in \`${source.header}\`, looked up in the registry`;
    case 'jwt': {
      const { audience, audienceClaim, header, issuer, jwksUri, tier } = source;
      const place = header === 'authorization' ? '`authorization: Bearer`' : `\`${header}\``;
      return (
        `a token in ${place} of ${issuer}, signed by a key at ${jwksUri}, ` +
        `with ${audience.join(' or ')} in \`${audienceClaim}\`, not expired: ` +
        `client ${clientText(source, source.client)}, ${tier === undefined ? 'first tier' : `tier by \`${tier}\``}`
      );
    }
    case 'iam':
      return 'the IAM principal that signed the request: client iam:ACCOUNT...; seen by the middleware rateLimit only';
    case 'authorizer': {
      const { client, tier } = source;
      const which = tier === undefined ? 'first tier' : `tier by \`${tier}\``;
      return `what another authorizer has proven: client ${clientText(source, client)}, ${which}; seen by the middleware rateLimit only`;
    }
    case 'header':
      return `\`${source.header}\`, believed as it stands: client ${clientText(source, 'value')}, first tier`;
  }
}

const clientText = ({ kind, name }: { kind: string; name?: string }, what: string): string =>
  `${kind}${name === undefined ? '' : `.${name}`}:<${what}>`;

/** How callers are known, in the order in which it is tried. */
export function identityLines(sources: readonly IdentitySource[]): readonly string[] {
  if (sources.length === 0) return ['Callers are their addresses; keys of API Gateway are clients.'];
  const first = 'Who is calling: the first of these that proves something, else the address.';
  return [first, ...sources.map((source, index) => `  ${index + 1}. ${identityText(source)}`)];
}
