import type { AuthorizerSource } from '../policy/policy.ts';
import { member } from '../request/request-text.ts';
import { issuedClient } from './client-id.ts';

/**
 * The client that another authorizer in front of the function has proven, from `requestContext.authorizer`: claims of a
 * Cognito user pool (REST: `claims`), of a JWT authorizer (HTTP: `jwt.claims`), or the context of a Lambda authorizer (REST:
 * the object itself; HTTP: `lambda`). Undefined where the claim is not there or names nobody.
 */
export function authorizerClient(
  source: AuthorizerSource,
  authorizer: unknown,
): { readonly client: string; readonly tier?: string } | undefined {
  const proven =
    member(authorizer, 'claims') ??
    member(authorizer, 'jwt', 'claims') ??
    member(authorizer, 'lambda') ??
    (member(authorizer, 'iam') === undefined ? authorizer : undefined);
  const client = issuedClient(source, member(proven, source.client));
  if (client === undefined) return undefined;
  const tier = source.tier === undefined ? undefined : member(proven, source.tier);
  return typeof tier === 'string' ? { client, tier } : { client };
}
