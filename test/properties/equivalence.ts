import type { CounterStore } from '../../lambda/limiter/counter-store.ts';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import {
  asked,
  calendarWindow,
  charge,
  counterWindow,
  fixedWindow,
  leakyBucket,
  logWindow,
  slidingWindow,
  tokenBucket,
} from '../limiter/budgets.ts';
import { referenceOf } from './reference.ts';
import { traffic } from './traffic.ts';

/** Sets of limits that lie in one item together. */
export const SETS: Readonly<Record<string, readonly Budget[]>> = {
  'sliding window of a minute': [slidingWindow(100, 60_000)],
  'small sliding window of five epochs': [slidingWindow(7, 10_000, 5)],
  'fixed window': [fixedWindow(50, 60_000)],
  'bucket with its burst equal to its rate': [tokenBucket(100, 60_000, 100, 6000)],
  'small bucket with an uneven token': [tokenBucket(7, 10_000, 7, 2000)],
  'bucket with a small burst': [tokenBucket(60, 60_000, 20, 5000)],
  'bucket with a large burst and a slow rate': [tokenBucket(60, 60_000, 150, 5000)],
  'bucket of long epochs': [tokenBucket(30, 30_000, 30, 30_000)],
  'sliding window of twenty epochs': [slidingWindow(30, 60_000, 20)],
  'sliding window counter': [counterWindow(100, 60_000)],
  'small sliding window counter': [counterWindow(7, 10_000)],
  'sliding window log': [logWindow(100, 60_000)],
  'small sliding window log': [logWindow(7, 10_000)],
  'log of a second': [logWindow(5, 1000)],
  'queue of a fast rate': [leakyBucket(20, 1000, 12)],
  'queue of an uneven place': [leakyBucket(7, 10_000, 3, 3000)],
  'queue cut by the longest wait': [leakyBucket(60, 60_000, 10, 1500)],
  'days of the calendar': [calendarWindow(40, 'day')],
  'weeks of the calendar': [calendarWindow(40, 'week')],
  'months of the calendar': [calendarWindow(60, 'month')],
  'a queue, a log and a counter': [
    leakyBucket(60, 60_000, 8, 3000, 'aaa'),
    logWindow(40, 60_000, 'bbb'),
    counterWindow(3000, 3_600_000, 'ccc'),
    calendarWindow(2_000_000, 'month', 'ddd'),
  ],
  'two limits': [slidingWindow(40, 20_000, 10, 'aaa'), tokenBucket(25, 10_000, 25, 1000, 'bbb')],
  'five limits': [
    tokenBucket(20, 1000, 20, 250, 'aaa'),
    slidingWindow(300, 60_000, 10, 'bbb'),
    slidingWindow(3000, 3_600_000, 20, 'ccc'),
    fixedWindow(20_000, 86_400_000, 'ddd'),
    tokenBucket(100, 600_000, 100, 60_000, 'eee'),
  ],
};

export interface Tally {
  allowed: number;
  denied: number;
  /** Allowed, but not by the reference. */
  over: number;
  /** Denied, but not by the reference. */
  under: number;
  /** Waits that are not the reference's. */
  misjudged: number;
  waited: number;
  writes: number;
  /** One character for each decision, and what was left after it. */
  readonly answers: string[];
}

const INSTANCES = 6;

/**
 * Sends the same random traffic to limiters with stale beliefs and to the reference, one request after the other.
 *
 * @param deleteItem deletes the subject's item now and then, and the reference with it
 */
export async function compare(
  store: CounterStore,
  subject: string,
  budgets: readonly Budget[],
  steps: number,
  seed: number,
  deleteItem?: () => void,
): Promise<Tally> {
  const tally: Tally = { allowed: 0, denied: 0, over: 0, under: 0, misjudged: 0, waited: 0, writes: 0, answers: [] };
  let references = budgets.map(referenceOf);
  let now = 0;
  const instance = () => new Limiter({ store, clock: () => now });
  const instances = Array.from({ length: INSTANCES }, instance);
  for (const step of traffic(seed, steps, INSTANCES, budgets)) {
    now = step.time;
    if (step.deleted && deleteItem) {
      deleteItem();
      references = budgets.map(referenceOf);
    }
    if (step.cold) instances[step.instance] = instance();
    const charges = budgets.map((budget) => charge(budget, { cost: step.cost }));
    const wanted = references.map((reference) => reference.hasRoom(now, step.cost)).every(Boolean);
    const verdict = await instances[step.instance]!.decide([asked(subject, ...charges)]);
    if (verdict.failure) throw new Error(`unexpected failure: ${verdict.failure}`);
    const waits = references.map((reference) => reference.wait?.(now, step.cost) ?? 0);
    if (verdict.allowed) for (const reference of references) reference.admit(now, step.cost);
    if (verdict.allowed && (verdict.waitMs ?? 0) !== Math.max(...waits)) tally.misjudged++;
    if (verdict.waitMs) tally.waited++;
    tally[verdict.allowed ? 'allowed' : 'denied']++;
    if (verdict.allowed && !wanted) tally.over++;
    if (!verdict.allowed && wanted) tally.under++;
    tally.writes += verdict.writes;
    tally.answers.push(`${verdict.allowed ? '+' : '-'}${verdict.limits.map((limit) => limit.remaining).join(',')}`);
  }
  return tally;
}
