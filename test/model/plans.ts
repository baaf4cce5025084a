import type { Budget } from '../../lambda/policy/policy.ts';
import { fixedWindow, slidingWindow, tokenBucket } from '../limiter/budgets.ts';

/** What one lane of the model test asks for: for each kind of subject its limits. */
export interface LanePlan {
  readonly name: string;
  readonly subjects: readonly (readonly [kind: string, ...budgets: Budget[]])[];
}

/** Small limits and short windows: edges, denials and races on nearly every request. */
export const PLANS: readonly LanePlan[] = [
  { name: 'sliding window', subjects: [['client', slidingWindow(10, 10_000)]] },
  { name: 'sliding window of five epochs', subjects: [['client', slidingWindow(7, 10_000, 5)]] },
  { name: 'sliding window of one epoch', subjects: [['address', slidingWindow(4, 4000, 1)]] },
  { name: 'fixed window', subjects: [['client', fixedWindow(8, 10_000)]] },
  { name: 'token bucket', subjects: [['client', tokenBucket(10, 10_000, 10, 1000)]] },
  { name: 'token bucket, uneven token', subjects: [['client', tokenBucket(7, 10_000, 5, 2000)]] },
  { name: 'token bucket, large burst', subjects: [['client', tokenBucket(5, 10_000, 40, 1000)]] },
  {
    name: 'two limits of one client',
    subjects: [['client', slidingWindow(12, 10_000, 10, 'aaa'), tokenBucket(10, 8000, 8, 1000, 'bbb')]],
  },
  {
    name: 'five limits of one client',
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
    name: 'client and address',
    subjects: [
      ['client', slidingWindow(8, 10_000, 10, 'aaa')],
      ['address', tokenBucket(8, 10_000, 6, 2000, 'bbb')],
    ],
  },
  {
    name: 'client, address and another address',
    subjects: [
      ['client', fixedWindow(9, 10_000, 'aaa')],
      ['address', slidingWindow(9, 8000, 4, 'bbb'), fixedWindow(40, 60_000, 'ccc')],
      ['client', tokenBucket(9, 9000, 9, 3000, 'ddd')],
    ],
  },
];
