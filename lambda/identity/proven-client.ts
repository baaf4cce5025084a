import type { IdentitySource } from '../policy/policy.ts';
import { credentialsOf, type ProvenContext } from './caller.ts';
import type { HeaderSource } from './headers.ts';

/** What an event says of its caller. */
export interface ProvenRequest extends HeaderSource {
  readonly gatewayKeyId?: unknown;
  readonly proven?: ProvenContext;
}

/**
 * The client that needs neither a look-up nor a signature: by `iam`, `authorizer`, a trusted `header` or API Gateway's own
 * key, the first in the policy's order. Keys of the registry and tokens are the gate's to check.
 */
export function provenClient(
  sources: readonly IdentitySource[],
  request: ProvenRequest,
): { readonly client: string; readonly tier?: string } | undefined {
  const { evidence } = credentialsOf(sources, request, request.gatewayKeyId, request.proven);
  return evidence.find((one) => one.kind === 'proven');
}
