import type { RoutePattern } from './policy.ts';

/** An API that exists already, which the policy asks the gate to stand before. */
export interface AttachedApi {
  readonly kind: 'rest' | 'http';
  readonly apiId: string;
  /** The stage that callers use; `$default` on HTTP APIs only. */
  readonly stage: string;
  /** Only these routes; absent: all of them. */
  readonly routes?: readonly RoutePattern[];
  /**
   * What a limited request gets. Absent: 429 (REST), 403 (HTTP). `forbidden`: 403. `middleware`: it reaches the backend with
   * the verdict, and the middleware there answers 429.
   */
  readonly deny?: 'forbidden' | 'middleware';
  /** REST: others deny on this API as well, and it is understood that their 403 reads 429. */
  readonly sharedDeny?: boolean;
  /** Take the place of the authorizers that routes have. */
  readonly replace?: boolean;
  /**
   * REST: where API Gateway takes a method's API key from the authorizer (`apiKeySource: AUTHORIZER`), the gate gives it the
   * key that the caller sends in the header of the policy's `identify`.
   */
  readonly passKeys?: boolean;
  /** The owner's edits that are not deployed yet may go live with the gate. */
  readonly publishPending?: boolean;
}
