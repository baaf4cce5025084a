import ipaddr from 'ipaddr.js';
import { sizeOf } from '../../lambda/policy/budget.ts';
import { type MatchedLimit, matchLimits } from '../../lambda/policy/match.ts';
import type { Budget, Limit, Policy } from '../../lambda/policy/policy.ts';
import type { Batch, Caller } from './callers.ts';
import { Ledger, type Range, type Span } from './ledger.ts';

/** What the policy says that a batch must get. */
export interface Expectation {
  /** How many pass. */
  readonly allowed: Range;
  /** The one status of all answers where the caller is turned away before any limit. */
  readonly refused?: 401 | 403;
  /** Sizes that X-RateLimit-Limit may name; empty where no limit counts the caller, and the header may be missing. */
  readonly sizes: readonly number[];
}

/** Reads the policy's words and keeps count of what each subject has taken, batch after batch. */
export class Expectations {
  readonly #policy: Policy;
  readonly #ledgers = new Map<string, Ledger>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** What a batch that ran in `span` must have got. */
  of(batch: Batch, span: Span): Expectation {
    const none = { least: 0, most: 0 };
    const refused = batch.api === 'REST' ? 401 : 403;
    if (batch.caller.blocked) return { allowed: none, refused, sizes: [] };
    if (this.#isExempt(batch.caller)) return { allowed: { least: batch.count, most: batch.count }, sizes: [] };
    if (!batch.caller.client && this.#policy.anonymous === 'reject') return { allowed: none, refused, sizes: [] };
    const limits = this.#enforced(batch);
    const rooms = limits.map((matched) => {
      const room = this.#ledger(batch, matched).room(span);
      const surely = room.least - mayBeStranded(matched.limit, this.#budget(batch, matched));
      return { least: Math.max(0, Math.floor(surely / matched.cost)), most: Math.floor(room.most / matched.cost) };
    });
    return {
      allowed: {
        least: Math.min(batch.count, ...rooms.map(({ least }) => least)),
        most: Math.min(batch.count, ...rooms.map(({ most }) => most)),
      },
      sizes: limits.map((matched) => sizeOf(this.#budget(batch, matched))),
    };
  }

  /** Charges one request that passed. */
  charge(batch: Batch, sentAt: number, answeredAt: number): void {
    if (this.#isExempt(batch.caller)) return;
    for (const matched of this.#enforced(batch)) {
      this.#ledger(batch, matched).take({ sentAt, answeredAt, cost: matched.cost });
    }
  }

  #enforced({ method, path, template }: Batch): readonly MatchedLimit[] {
    return matchLimits(this.#policy, { method, path, template }).filter(({ limit }) => limit.mode === 'enforce');
  }

  #budget({ caller }: Batch, { limit }: MatchedLimit): Budget {
    return limit.budgets[caller.client?.tier ?? this.#policy.tiers[0]!]!;
  }

  #ledger(batch: Batch, matched: MatchedLimit): Ledger {
    const { caller } = batch;
    const address = `address:${caller.address}`;
    const subjects = {
      address,
      client: caller.client ? `client:${caller.client.id}` : address,
      route: `route:${matched.route?.method} ${matched.route?.path}`,
      all: 'all',
    };
    const name = `${matched.limit.name} ${subjects[matched.limit.per]}`;
    let ledger = this.#ledgers.get(name);
    if (ledger === undefined) {
      ledger = new Ledger(this.#budget(batch, matched));
      this.#ledgers.set(name, ledger);
    }
    return ledger;
  }

  #isExempt(caller: Caller): boolean {
    return this.#policy.exempt.some((exemption) => {
      if (exemption.kind === 'client') return exemption.id === caller.client?.id;
      const range = ipaddr.parseCIDR(exemption.cidr);
      const address = ipaddr.parse(caller.address);
      return address.kind() === range[0].kind() && address.match(range);
    });
  }
}

/** Units of a shared limit may lie unused in a container that has taken them ahead: a tenth of what is left. */
function mayBeStranded({ per }: Limit, { limit }: Budget): number {
  return per === 'all' || per === 'route' ? Math.floor(limit / 10) : 0;
}
