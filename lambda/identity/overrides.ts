import { safeText } from '../http/header-value.ts';
import type { Budget, Policy } from '../policy/policy.ts';
import { REGISTRY } from '../store/registry-keys.ts';
import { type Override, readOverride } from './read-override.ts';
import type { Order } from './registry-reader.ts';

/** Overrides beyond this number are not heeded. */
export const MAX_OVERRIDES = 20;

export interface OverridesOptions {
  readonly policy: Policy;
  /** Milliseconds since the epoch, the limiter's clock. */
  readonly clock: () => number;
  /** Reads one item; a text: why it cannot be counted by; undefined: it is for others. @default - those of a gate's policy */
  readonly read?: (order: Order, policy: Policy) => Override | string | undefined;
  /** Told once when an override begins to hold here, and once when it has lapsed or was taken back. */
  readonly onChange?: (event: OverrideEvent, said: Readonly<Record<string, string>>) => void;
  /** Told once of each item that is no override that can be counted by. The policy's own budgets hold then. */
  readonly onIgnored?: (what: string) => void;
}
export type OverrideEvent = 'override-applies' | 'override-lapsed' | 'override-removed';

/**
 * What holds instead of the policy's budgets for a time. Taken over with every reading of the blocks; each lapses by the
 * clock, between two readings as well.
 */
export class Overrides {
  readonly #options: OverridesOptions;
  /** By sort key. */
  #held = new Map<string, Override>();
  #ignored: ReadonlySet<string> = new Set();

  constructor(options: OverridesOptions) {
    this.#options = options;
  }

  /** Takes the orders of one reading over: what is not among them any more does not hold any more. */
  take(orders: readonly Order[]): void {
    const { policy, clock, read = readGateOverride, onChange, onIgnored } = this.#options;
    const now = clock();
    const before = this.#held;
    const held = new Map<string, Override>();
    const ignored = new Set<string>();
    const mine = orders.filter(({ key }) => key.startsWith(REGISTRY.overridePrefix));
    for (const order of mine.slice(0, MAX_OVERRIDES)) {
      const known = before.get(order.key);
      const override = known && isSame(known, order) ? known : read(order, policy);
      if (override === undefined) continue;
      if (typeof override === 'string') ignored.add(`${safeText(order.key)}: ${override}`);
      else if (override.until * 1000 > now) held.set(order.key, override);
    }
    this.#held = held;
    for (const what of ignored) if (!this.#ignored.has(what)) onIgnored?.(what);
    this.#ignored = ignored;
    for (const [key, { at, until, said }] of before) {
      if (held.get(key)?.at !== at) onChange?.(until * 1000 > now ? 'override-removed' : 'override-lapsed', said);
    }
    for (const [key, { at, said }] of held) if (before.get(key)?.at !== at) onChange?.('override-applies', said);
  }

  /** The budget that holds at present; undefined: the policy's. One for the tier comes before one for all. */
  readonly budgetNow = (limit: string, tier: string): Budget | undefined => {
    if (this.#held.size === 0) return undefined;
    const key = `${REGISTRY.overridePrefix}${limit}`;
    return this.#budgetOf(`${key}#${tier}`, tier) ?? this.#budgetOf(key, tier);
  };

  #budgetOf(key: string, tier: string): Budget | undefined {
    const override = this.#held.get(key);
    return override && override.until * 1000 > this.#options.clock() ? override.budgets.get(tier) : undefined;
  }
}

/** What is for limits of a function's own says so, and is none of the gate's business. */
const readGateOverride = (order: Order, policy: Policy) =>
  order.fields[REGISTRY.ownField] === undefined ? readOverride(order, policy) : undefined;

/** The same object serves on: its budgets' cells are made once for each object. */
const isSame = ({ at, until, said }: Override, { fields }: Order): boolean =>
  at === fields.at && until === Number(fields.until) && said.rate === fields.rate;
