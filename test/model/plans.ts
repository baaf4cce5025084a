import type { Budget } from '../../lambda/policy/policy.ts';
import {
  calendarWindow,
  counterWindow,
  fixedWindow,
  leakyBucket,
  logWindow,
  slidingWindow,
  tokenBucket,
} from '../limiter/budgets.ts';

/** What one lane of the model test asks for: for each kind of subject its limits. */
export interface LanePlan {
  readonly name: string;
  /** `all` and `route` are shared: their units may be taken ahead. Of `login` they may be given back. */
  readonly subjects: readonly (readonly [kind: string, ...budgets: Budget[]])[];
  /** How many requests are under way at once at most. @default 4 */
  readonly atOnce?: number;
}

/** By what they are about. Small limits and short windows: edges, denials and races on nearly every request. */
export const PLANS = {
  'sliding-window': [
    { name: 'ten epochs', subjects: [['client', slidingWindow(10, 10_000)]] },
    { name: 'five epochs', subjects: [['client', slidingWindow(7, 10_000, 5)]] },
    { name: 'one epoch', subjects: [['address', slidingWindow(4, 4000, 1)]] },
    { name: 'twenty epochs', subjects: [['client', slidingWindow(9, 10_000, 20)]] },
    { name: 'above a hundred', subjects: [['client', slidingWindow(110, 20_000)]] },
  ],
  'fixed-window': [
    { name: 'ten seconds', subjects: [['client', fixedWindow(8, 10_000)]] },
    { name: 'days of the calendar', subjects: [['client', calendarWindow(9, 'day')]] },
    { name: 'weeks of the calendar', subjects: [['client', calendarWindow(9, 'week')]] },
    { name: 'months of the calendar', subjects: [['client', calendarWindow(9, 'month')]] },
  ],
  'token-bucket': [
    { name: 'burst of the rate', subjects: [['client', tokenBucket(10, 10_000, 10, 1000)]] },
    { name: 'uneven token', subjects: [['client', tokenBucket(7, 10_000, 5, 2000)]] },
    { name: 'large burst', subjects: [['client', tokenBucket(5, 10_000, 40, 1000)]] },
  ],
  'leaky-bucket': [
    { name: 'uneven place', subjects: [['client', leakyBucket(7, 10_000, 4, 8000)]] },
    { name: 'cut by the longest wait', subjects: [['client', leakyBucket(20, 10_000, 10, 2300)]] },
    { name: 'fast', subjects: [['address', leakyBucket(30, 1000, 12)]] },
  ],
  'sliding-window-counter': [
    { name: 'ten seconds', subjects: [['client', counterWindow(10, 10_000)]] },
    { name: 'twenty seconds', subjects: [['address', counterWindow(40, 20_000)]] },
  ],
  'sliding-window-log': [
    { name: 'ten seconds', subjects: [['client', logWindow(7, 10_000)]] },
    { name: 'a second', subjects: [['address', logWindow(4, 1000)]] },
    { name: 'a larger limit', subjects: [['client', logWindow(30, 20_000)]] },
  ],
  'several limits': [
    {
      name: 'two of one client',
      subjects: [['client', slidingWindow(12, 10_000, 10, 'aaa'), tokenBucket(10, 8000, 8, 1000, 'bbb')]],
    },
    {
      name: 'five of one client',
      subjects: [
        [
          'client',
          tokenBucket(5, 1000, 5, 250, 'aaa'),
          slidingWindow(20, 10_000, 10, 'bbb'),
          slidingWindow(60, 60_000, 20, 'ccc'),
          fixedWindow(400, 600_000, 'ddd'),
          tokenBucket(30, 30_000, 30, 3000, 'eee'),
        ],
      ],
    },
    {
      name: 'the other four of one client',
      subjects: [
        [
          'client',
          leakyBucket(12, 10_000, 6, 5000, 'aaa'),
          logWindow(12, 12_000, 'bbb'),
          counterWindow(30, 30_000, 'ccc'),
          calendarWindow(3000, 'day', 'ddd'),
        ],
      ],
    },
    {
      name: 'client and address',
      subjects: [
        ['client', slidingWindow(8, 10_000, 10, 'aaa')],
        ['address', tokenBucket(8, 10_000, 6, 2000, 'bbb')],
      ],
    },
    {
      name: 'client, address and another client',
      subjects: [
        ['client', fixedWindow(9, 10_000, 'aaa')],
        ['address', slidingWindow(9, 8000, 4, 'bbb'), fixedWindow(40, 60_000, 'ccc')],
        ['client', tokenBucket(9, 9000, 9, 3000, 'ddd')],
      ],
    },
    {
      name: 'a queue, a log and a counter of three subjects',
      subjects: [
        ['client', leakyBucket(9, 10_000, 5, 6000, 'aaa')],
        ['address', logWindow(9, 10_000, 'bbb')],
        ['client', counterWindow(9, 10_000, 'ccc')],
      ],
    },
  ],
  leases: [
    { name: 'fixed window', atOnce: 12, subjects: [['all', fixedWindow(100, 2000)]] },
    { name: 'long fixed window', atOnce: 12, subjects: [['route', fixedWindow(200, 10_000)]] },
    { name: 'sliding window', atOnce: 12, subjects: [['all', slidingWindow(150, 10_000)]] },
    { name: 'small sliding window', atOnce: 8, subjects: [['route', slidingWindow(30, 3000, 5)]] },
    { name: 'sliding window counter', atOnce: 12, subjects: [['all', counterWindow(120, 10_000)]] },
    { name: 'token bucket', atOnce: 12, subjects: [['all', tokenBucket(100, 4000, 120, 1000)]] },
    {
      name: 'two limits of one subject',
      atOnce: 12,
      subjects: [['all', fixedWindow(60, 2000, 'aaa'), slidingWindow(250, 10_000, 10, 'bbb')]],
    },
    {
      name: 'client and everything',
      atOnce: 12,
      subjects: [
        ['client', slidingWindow(80, 4000, 10, 'aaa')],
        ['all', fixedWindow(90, 4000, 'bbb')],
      ],
    },
    {
      name: 'client, route and everything',
      atOnce: 12,
      subjects: [
        ['client', tokenBucket(60, 3000, 40, 500, 'aaa')],
        ['route', slidingWindow(80, 4000, 4, 'bbb')],
        ['all', fixedWindow(120, 6000, 'ccc'), counterWindow(300, 20_000, 'ddd')],
      ],
    },
    { name: 'more demand than it holds', atOnce: 16, subjects: [['all', fixedWindow(6, 1000)]] },
    {
      name: 'a queue and a log, which are never leased',
      subjects: [
        ['route', leakyBucket(12, 3000, 6, 1500, 'aaa')],
        ['all', logWindow(20, 5000, 'bbb')],
      ],
    },
  ],
  refunds: [
    { name: 'sliding window', atOnce: 6, subjects: [['login', slidingWindow(8, 10_000)]] },
    { name: 'sliding window log', atOnce: 6, subjects: [['login', logWindow(6, 10_000)]] },
    { name: 'fixed window', atOnce: 6, subjects: [['login', fixedWindow(7, 10_000)]] },
    {
      name: 'three limits of one login',
      atOnce: 6,
      subjects: [
        ['login', slidingWindow(8, 6000, 10, 'aaa'), fixedWindow(30, 60_000, 'bbb'), logWindow(12, 12_000, 'ccc')],
      ],
    },
    {
      name: 'login and address',
      atOnce: 6,
      subjects: [
        ['login', slidingWindow(9, 10_000, 10, 'aaa')],
        ['address', slidingWindow(9, 8000, 4, 'bbb')],
      ],
    },
  ],
} as const satisfies Record<string, readonly LanePlan[]>;

export type PlanGroup = keyof typeof PLANS;
