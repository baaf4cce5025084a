import type { GateAnswer, GateParts, GateRequest } from '../authorizer/gate.ts';
import { verdictOnFault } from '../authorizer/verdict-on-fault.ts';
import type { Address } from '../identity/address.ts';
import type { Caller } from '../identity/caller.ts';
import { addressReader } from '../identity/caller-address.ts';
import { issuedClient } from '../identity/client-id.ts';
import { Exemptions } from '../identity/exemptions.ts';
import type { Limiter, Verdict } from '../limiter/index.ts';
import { verdictOf } from '../limiter/status.ts';
import type { MatchedLimit } from '../policy/match.ts';
import type { Policy } from '../policy/policy.ts';
import { addressCharges, chargesFor, tierOf } from '../request/charges.ts';
import { matchReadings } from '../request/match-readings.ts';

export interface PassageParts extends Pick<GateParts, 'policy' | 'blocks' | 'budgetNow' | 'clock' | 'onFault'> {
  readonly limiter: Pick<Limiter, 'decide' | 'release'>;
}

/** Who the caller is, as somebody else has proven it. */
export interface Who {
  /** An account, a user, a tenant: `anna` is the client `authorizer:anna`. Absent: the address counts. */
  readonly client?: string | number | undefined | null;
  /** One of the policy's. @default - the policy's first */
  readonly tier?: string | undefined | null;
}

/** What becomes of a request: it passes, is limited, or its caller is blocked. */
export type PassageAnswer = Extract<GateAnswer, { kind: 'decided' | 'unauthorized' }>;

/** Decides one request in two steps, around an authorizer that is not Headgate's. Each counts once; none throws. */
export interface Passage {
  /** By address, before the caller is known: limits `per: address`. */
  before(): Promise<PassageAnswer>;
  /** By who it is: all other limits, and those of the first step where it was left out. The answer is of both. */
  after(who: Who): Promise<PassageAnswer>;
  /** It has proven nothing: limits `per: client` count it as its address, so that guessing is limited. */
  rejected(): Promise<PassageAnswer>;
}

const NO_LIMITS: Verdict = { allowed: true, limits: [], writes: 0 };

/**
 * Makes passages. Each limit is charged once for a request. What the first step has taken is kept for the address's next
 * request where the second turns the caller away: all or none, as in one step.
 */
export function passages({
  policy,
  limiter,
  blocks,
  budgetNow,
  clock,
  onFault,
}: PassageParts): (request: GateRequest) => Passage {
  const exempt = new Exemptions(policy.exempt);
  const addressOf = addressReader(policy.address);

  return (request) => {
    let address: Address | undefined;
    let matched: readonly MatchedLimit[] | undefined;
    let first: Verdict | undefined;

    const anonymous = (): Caller => ({ address: address?.key ?? 'unknown', tier: policy.tiers[0]! });
    const read = (): readonly MatchedLimit[] => {
      if (matched !== undefined) return matched;
      blocks.refresh();
      address = addressOf(request.sourceIp, request);
      matched = matchReadings(policy, request);
      return matched;
    };
    const charge = (limits: readonly MatchedLimit[], caller: Caller, held = false): Promise<Verdict> | Verdict => {
      // Those of whom no address is known share no budget here: an event of a TOKEN authorizer never names one.
      const known = limits.filter(
        ({ limit: { per } }) => address || per === 'route' || per === 'all' || (per === 'client' && caller.client),
      );
      const charges = chargesFor(policy, known, caller, budgetNow);
      return charges.length === 0 ? NO_LIMITS : limiter.decide(charges, held);
    };
    /** What is left to charge after the first step. */
    const rest = () => read().filter(({ limit }) => first === undefined || limit.per !== 'address');
    const both = (caller: Caller, second: Verdict): PassageAnswer => {
      if (first && !second.allowed) limiter.release(first);
      return { kind: 'decided', caller, verdict: first ? together(policy, first, second) : second };
    };
    const step = async (caller: () => Caller, work: () => Promise<PassageAnswer>): Promise<PassageAnswer> => {
      try {
        return await work();
      } catch (error) {
        onFault(error);
        return { kind: 'decided', caller: caller(), verdict: verdictOnFault(policy, matched, caller(), clock()) };
      }
    };

    const before = () =>
      step(anonymous, async () => {
        const limits = read();
        const caller = anonymous();
        if (blocks.address(address)) return { kind: 'unauthorized', caller, reason: 'blocked' };
        // An exempt client may be behind any address: then nothing can be said before it is known.
        if (!address || exempt.address(address) || exempt.namesClients) {
          return { kind: 'decided', caller, verdict: NO_LIMITS };
        }
        const charges = addressCharges(policy, limits, caller.address, budgetNow);
        first = charges.length === 0 ? NO_LIMITS : await limiter.decide(charges, true);
        return { kind: 'decided', caller, verdict: first };
      });
    const after = ({ client, tier }: Who) => {
      const id = issuedClient({ kind: 'authorizer' }, client);
      const caller = (): Caller =>
        id === undefined ? anonymous() : { ...anonymous(), client: id, tier: tierOf(policy, tier ?? undefined) };
      return step(caller, async () => {
        read();
        const who = caller();
        if (blocks.address(address) || (id !== undefined && blocks.client(id))) {
          if (first) limiter.release(first);
          return { kind: 'unauthorized', caller: who, reason: 'blocked' };
        }
        if (exempt.address(address) || exempt.client(id)) return { kind: 'decided', caller: who, verdict: NO_LIMITS };
        return both(who, await charge(rest(), who));
      });
    };
    const rejected = () =>
      step(anonymous, async () => {
        read();
        const caller = anonymous();
        if (exempt.address(address)) return { kind: 'decided', caller, verdict: NO_LIMITS };
        const own = rest().filter(({ limit: { per } }) => per === 'client' || per === 'address');
        return both(caller, await charge(own, caller));
      });

    let entered: Promise<PassageAnswer> | undefined;
    let ended: Promise<PassageAnswer> | undefined;
    return {
      before: () => {
        entered ??= before();
        return entered;
      },
      after: (who) => {
        ended ??= after(who);
        return ended;
      },
      rejected: () => {
        ended ??= rejected();
        return ended;
      },
    };
  };
}

/** One verdict of two, the limits in the policy's order. */
function together(policy: Policy, first: Verdict, second: Verdict): Verdict {
  const order = new Map(policy.limits.map(({ name }, at) => [name, at]));
  const statuses = [...first.limits, ...second.limits].sort((a, b) => order.get(a.name)! - order.get(b.name)!);
  const failure = first.failure ?? second.failure;
  const writes = first.writes + second.writes;
  return verdictOf([{ allowed: first.allowed && second.allowed, statuses, writes, ...(failure && { failure }) }]);
}
