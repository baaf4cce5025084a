import type { Address } from '../identity/address.ts';
import type { BlockList } from '../identity/block-list.ts';
import { type Caller, credentialsOf, identify, type ProvenContext } from '../identity/caller.ts';
import { addressReader } from '../identity/caller-address.ts';
import type { ClientCache } from '../identity/client-cache.ts';
import { Exemptions } from '../identity/exemptions.ts';
import type { HeaderSource } from '../identity/headers.ts';
import type { TokenVerifier } from '../identity/tokens.ts';
import type { Limiter, SubjectCharges, Verdict } from '../limiter/index.ts';
import type { MatchedLimit } from '../policy/match.ts';
import type { Policy } from '../policy/policy.ts';
import { addressCharges, type BudgetNow, chargesFor, tierOf } from '../request/charges.ts';
import { matchReadings, type ReadableRequest } from '../request/match-readings.ts';
import { verdictOnFault } from './verdict-on-fault.ts';

/** A request, apart from the shape of any event. Everything in it but `api` and `stage` comes from the caller. */
export interface GateRequest extends ReadableRequest, HeaderSource {
  /** The API's own route, for example `GET /users/{id}` or `$default`. */
  readonly route: string;
  /** The address that API Gateway saw. */
  readonly sourceIp: unknown;
  /** The id of API Gateway's own key, where it has recognised one. */
  readonly gatewayKeyId: unknown;
  /** What AWS or another authorizer has proven; only events of backends have it. */
  readonly proven?: ProvenContext;
  readonly requestId: string;
  readonly api: string;
  readonly stage: string;
}

export type GateAnswer =
  /** Passes or is limited, as the verdict says. */
  | {
      readonly kind: 'decided';
      readonly caller: Caller;
      readonly verdict: Verdict;
      /** The caller carries a key or token that could not be checked, and so counts as its address. */
      readonly registryFailed?: boolean;
    }
  /** Blocked, or proves nothing where the policy wants proof. */
  | { readonly kind: 'unauthorized'; readonly caller: Caller; readonly reason: 'blocked' | 'anonymous' }
  /** Carries a key or token that cannot be checked at present where the policy wants proof: neither pass nor 401 is right. */
  | { readonly kind: 'unavailable'; readonly caller: Caller };

export interface GateParts {
  readonly policy: Policy;
  readonly limiter: Pick<Limiter, 'decide' | 'deniedByBelief'>;
  readonly clients: Pick<ClientCache, 'lookUp'>;
  /** Needed where the policy has a `jwt` source. */
  readonly tokens?: TokenVerifier;
  readonly blocks: Pick<BlockList, 'address' | 'client' | 'refresh'>;
  /** What overrides put in the place of the policy's budgets. @default - nothing */
  readonly budgetNow?: BudgetNow;
  /** Milliseconds since the epoch, the limiter's clock. */
  readonly clock: () => number;
  /** Told of faults that should not be; the answer is then by the limits' `onStoreFailure`. */
  readonly onFault: (error: unknown) => void;
}

/** Answers one request. Never throws. */
export type Gate = (request: GateRequest) => Promise<GateAnswer>;

const NO_LIMITS: Verdict = { allowed: true, limits: [], writes: 0 };

/**
 * Makes the gate: address, identity, limits, decision, in this order, so that what is certain already costs no look-up,
 * no arithmetic of signatures and no write.
 */
export function createGate({ policy, limiter, clients, tokens, blocks, budgetNow, clock, onFault }: GateParts): Gate {
  const exempt = new Exemptions(policy.exempt);
  const addressOf = addressReader(policy.address);

  async function answer(request: GateRequest, progress: Progress): Promise<GateAnswer> {
    blocks.refresh();
    const address = addressOf(request.sourceIp, request);
    const anonymous = callerAt(address, policy);
    progress.caller = anonymous;
    if (blocks.address(address)) return { kind: 'unauthorized', caller: anonymous, reason: 'blocked' };

    const matched = matchReadings(policy, request);
    progress.matched = matched;
    const isExempt = exempt.address(address);
    const credentials = credentialsOf(policy.identify, request, request.gatewayKeyId, request.proven);
    if (credentials.needsProof && !isExempt && !exempt.namesClients) {
      const denied = limiter.deniedByBelief(addressCharges(policy, matched, anonymous.address, budgetNow));
      if (denied) return { kind: 'decided', caller: anonymous, verdict: denied };
    }

    const identity = await identify(credentials, clients, tokens);
    if (identity.kind !== 'client' && policy.anonymous === 'reject') {
      if (identity.kind === 'unavailable') return { kind: 'unavailable', caller: anonymous };
      return { kind: 'unauthorized', caller: anonymous, reason: 'anonymous' };
    }
    const caller: Caller =
      identity.kind === 'client'
        ? { address: anonymous.address, client: identity.client, tier: tierOf(policy, identity.tier) }
        : anonymous;
    progress.caller = caller;
    if (caller.client !== undefined && blocks.client(caller.client)) {
      return { kind: 'unauthorized', caller, reason: 'blocked' };
    }
    if (isExempt || exempt.client(caller.client)) return { kind: 'decided', caller, verdict: NO_LIMITS };

    const charges: readonly SubjectCharges[] = chargesFor(policy, matched, caller, budgetNow);
    const verdict = charges.length === 0 ? NO_LIMITS : await limiter.decide(charges);
    return { kind: 'decided', caller, verdict, registryFailed: identity.kind === 'unavailable' };
  }

  return async (request) => {
    const progress: Progress = { caller: callerAt(undefined, policy), matched: undefined };
    try {
      return await answer(request, progress);
    } catch (error) {
      onFault(error);
      const { caller, matched } = progress;
      // Failing open must not mean: without identity where the policy demands one.
      if (policy.anonymous === 'reject' && caller.client === undefined) return { kind: 'unavailable', caller };
      return { kind: 'decided', caller, verdict: verdictOnFault(policy, matched, caller, clock()) };
    }
  };
}

/** How far a request has come: what a fault is answered by. */
interface Progress {
  caller: Caller;
  matched: readonly MatchedLimit[] | undefined;
}

function callerAt(address: Address | undefined, policy: Policy): Caller {
  return { address: address?.key ?? 'unknown', tier: policy.tiers[0]! };
}
