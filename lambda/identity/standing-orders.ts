import type { Policy } from '../policy/policy.ts';
import type { BudgetNow } from '../request/charges.ts';
import { type OverrideEvent, Overrides, type OverridesOptions } from './overrides.ts';
import type { Order } from './registry-reader.ts';
import { Resets } from './resets.ts';

export interface StandingOrdersOptions extends Pick<OverridesOptions, 'read'> {
  readonly policy: Policy;
  /** Milliseconds since the epoch, the limiter's clock. */
  readonly clock: () => number;
  /** `Limiter.forget`. */
  readonly forget: (subject: string) => void;
  /** Writes a line of the log: what begins or ends to hold, who has ordered it and why. Never a key. */
  readonly say: (message: string, more: Readonly<Record<string, string>>) => void;
  /** Writes a warning. @param problem begins with its code */
  readonly warn: (problem: string) => void;
}

/** What the command line has ordered for a time, for a `BlockList` that reads it and a gate that heeds it. */
export function standingOrders({ policy, clock, read, forget, say, warn }: StandingOrdersOptions): {
  readonly onOrders: (orders: readonly Order[]) => void;
  readonly budgetNow: BudgetNow;
} {
  const onChange = (event: OverrideEvent, said: Readonly<Record<string, string>>) =>
    say(MESSAGES[event], { event, ...said });
  const onIgnored = (what: string) => warn(`HG275 an override was ignored: ${what}`);
  const overrides = new Overrides({ policy, clock, ...(read && { read }), onChange, onIgnored });
  const onReset = (said: Readonly<Record<string, string>>) => say('A reset takes effect', { event: 'reset', ...said });
  const resets = new Resets({ forget, onReset });
  return {
    onOrders: (orders) => {
      overrides.take(orders);
      resets.take(orders);
    },
    budgetNow: overrides.budgetNow,
  };
}

const MESSAGES: Readonly<Record<OverrideEvent, string>> = {
  'override-applies': 'An override applies',
  'override-lapsed': 'An override has lapsed',
  'override-removed': 'An override was removed',
};
