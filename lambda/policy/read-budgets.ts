import { bucketBudget, MOST_LOGGED, queueBudget, smallestBurst, tokenMicros, windowBudget } from './budget.ts';
import { nearest } from './nearest.ts';
import type { Algorithm, Budget, Scope } from './policy.ts';
import type { Finding } from './problem.ts';
import { MAX_WINDOW_MS, parseRate, type Rate, rateText } from './rate.ts';
import {
  DEFAULT_DELAY_MS,
  misplaced,
  missingQueue,
  parseDelay,
  queueFinding,
  unreachablePlaces,
} from './read-queue.ts';
import { isMap, type Report } from './report.ts';
import type { Path } from './source.ts';

/** What a limit's budgets depend on besides its own rate and burst. Undefined: wrong, and said elsewhere. */
export interface BudgetContext {
  readonly name: string;
  readonly per: Scope | undefined;
  readonly algorithm: Algorithm | undefined;
  readonly tiers: readonly string[];
  readonly report: Report;
}

/** One budget for each tier; undefined where rate or burst are wrong. */
export function readBudgets(
  raw: Readonly<Record<string, unknown>>,
  path: Path,
  context: BudgetContext,
): Record<string, Budget> | undefined {
  const { name, algorithm, tiers, report } = context;
  const rates = byTier(raw.rate, [...path, 'rate'], context, (value, at) => report.take(at, parseRate(value)));
  const bursts = readBursts(raw.burst, path, context);
  const queues = readQueues(raw.queue, path, context);
  const delayMs = readDelay(raw.maxDelay, [...path, 'maxDelay'], context);
  const resolution = readResolution(raw.resolution, [...path, 'resolution'], context);
  if (rates === undefined || algorithm === undefined) return undefined;
  const budgets: Record<string, Budget> = {};
  const said = new Set<string>();
  /** Says what is wrong, once for all tiers. */
  const refuse = (key: string, tier: string, finding: Finding, severity: 'error' | 'warning' = 'error'): void => {
    const at: Path = isMap(raw[key]) ? [...path, key, tier] : [...path, key];
    const one = JSON.stringify([at, finding]);
    if (!said.has(one)) report.add(at, finding, { severity });
    said.add(one);
  };
  for (const tier of tiers) {
    const rate = rates[tier];
    if (rate === undefined) continue;
    // A quota of the calendar is a fixed window, whether or not that is written.
    const counted = rate.calendar && raw.algorithm === undefined ? 'fixed-window' : algorithm;
    const wrong = rateFinding(rate, counted);
    if (wrong) {
      refuse('rate', tier, wrong);
    } else if (counted === 'token-bucket') {
      const burst = bursts?.[tier];
      if (burst === undefined) continue;
      const tooSmall = burstFinding(rate, burst);
      if (tooSmall) refuse('burst', tier, tooSmall);
      else budgets[tier] = bucketBudget(name, rate, burst);
    } else if (counted === 'leaky-bucket') {
      const queue = queues?.[tier];
      if (queue === undefined || delayMs === undefined) continue;
      const unused = unreachablePlaces(rate, queue, delayMs);
      if (unused) refuse('queue', tier, unused, 'warning');
      budgets[tier] = queueBudget(name, rate, queue, delayMs);
    } else {
      budgets[tier] = windowBudget(name, counted, rate, resolution);
    }
  }
  return tiers.every((tier) => budgets[tier]) ? budgets : undefined;
}

type ByTier<T> = Readonly<Record<string, T | undefined>> | undefined;

function readQueues(value: unknown, path: Path, context: BudgetContext): ByTier<number> {
  const { algorithm, report } = context;
  const at: Path = [...path, 'queue'];
  if (value === undefined) {
    if (algorithm === 'leaky-bucket') report.add(path, missingQueue(), { at: 'key' });
    return undefined;
  }
  refuseMisplaced('queue', at, context, 'leaky-bucket');
  return byTier(value, at, context, (one, where) => {
    const wrong = queueFinding(one);
    if (wrong) report.add(where, wrong);
    return wrong ? undefined : (one as number);
  });
}

function readDelay(value: unknown, path: Path, context: BudgetContext): number | undefined {
  if (value === undefined) return DEFAULT_DELAY_MS;
  refuseMisplaced('maxDelay', path, context, 'leaky-bucket');
  return context.report.take(path, parseDelay(value))?.ms;
}

/** 10 or 20; anything else is reported by `structure.ts`. */
function readResolution(value: unknown, path: Path, context: BudgetContext): number | undefined {
  if (value !== undefined) refuseMisplaced('resolution', path, context, 'sliding-window');
  return value === 20 ? 20 : undefined;
}

function refuseMisplaced(key: string, path: Path, { algorithm, report }: BudgetContext, of: Algorithm): void {
  if (algorithm === undefined || algorithm === of) return;
  report.add(path, misplaced(key, algorithm, of), { at: 'key' });
}

function readBursts(value: unknown, path: Path, context: BudgetContext): ByTier<number> {
  const { algorithm, report } = context;
  const at: Path = [...path, 'burst'];
  if (value === undefined) {
    if (algorithm !== 'token-bucket') return undefined;
    const mend = 'add `burst: 20`, for example: how much may come at once after a rest';
    report.add(path, burst('`algorithm: token-bucket` needs `burst`', mend), { at: 'key' });
    return undefined;
  }
  if (algorithm !== undefined && algorithm !== 'token-bucket') {
    const mend = 'add `algorithm: token-bucket`, or take `burst` away';
    report.add(at, burst(`\`${algorithm}\` has no burst`, mend), { at: 'key' });
  }
  return byTier(value, at, context, (one, where) => {
    if (typeof one === 'number' && Number.isSafeInteger(one) && one >= 1) return one;
    const message = one === 0 ? 'a burst of 0 would refuse everything' : 'not a burst';
    report.add(where, burst(message, 'use a whole number from 1'));
    return undefined;
  });
}

/** Reads a value that may differ by tier, and says which tiers are unknown or missing. */
function byTier<T>(
  value: unknown,
  path: Path,
  { tiers, per, report }: BudgetContext,
  read: (value: unknown, path: Path) => T | undefined,
): Readonly<Record<string, T | undefined>> | undefined {
  if (value === undefined) return undefined;
  if (!isMap(value)) {
    const one = read(value, path);
    return one === undefined ? undefined : Object.fromEntries(tiers.map((tier) => [tier, one]));
  }
  const key = String(path.at(-1));
  if (per !== undefined && per !== 'client') {
    const message = `\`${key}\` by tier under \`per: ${per}\`: only a client has a tier`;
    report.add(path, tier(message, `one ${key} for all`, 'write one value, or `per: client`'), { at: 'key' });
  }
  const values: Record<string, T | undefined> = {};
  const meant = new Set<string | undefined>();
  for (const [name, one] of Object.entries(value)) {
    if (tiers.includes(name)) {
      values[name] = read(one, [...path, name]);
      continue;
    }
    meant.add(nearest(name, tiers));
    report.add([...path, name], unknownTier(name, tiers), { at: 'key', value: name });
  }
  for (const name of tiers) {
    // A misspelt one has been said.
    if (Object.hasOwn(value, name) || meant.has(name)) continue;
    const message = `no ${key} for tier \`${name}\``;
    report.add(path, tier(message, tiers.join(', '), `add \`${name}:\``), { at: 'key', value: '' });
  }
  return values;
}

function unknownTier(name: string, tiers: readonly string[]): Finding {
  const meant = nearest(name, tiers);
  const declare = `add it to the policy's \`tiers\``;
  return tier(
    `\`${name}\` is not a tier`,
    tiers.join(', '),
    meant ? `did you mean \`${meant}\`? Else ${declare}` : declare,
  );
}

/** A rate that the algorithm cannot count. */
function rateFinding(rate: Rate, algorithm: Algorithm): Finding | undefined {
  if (rate.calendar !== undefined && algorithm !== 'fixed-window') {
    return {
      code: 'HG124',
      message: `\`${algorithm}\` cannot count ${rateText(rate)}: periods of the calendar differ in length`,
      allowed: 'calendar-day, calendar-week and calendar-month with fixed-window, or without `algorithm`',
      mend: `take \`algorithm\` away, or write ${rate.limit}/${rate.calendar === 'month' ? '30 days' : rate.calendar === 'week' ? '7 days' : 'day'}`,
    };
  }
  if (algorithm === 'sliding-window-log' && rate.limit > MOST_LOGGED) {
    return {
      code: 'HG124',
      message: `a sliding-window-log of ${rateText(rate)} would have to remember ${rate.limit} requests of each caller`,
      allowed: `a sliding-window-log of at most ${MOST_LOGGED} units`,
      mend: 'use sliding-window: at most the rate in any window, too',
    };
  }
  return undefined;
}

function burstFinding(rate: Rate, tokens: number): Finding | undefined {
  const least = smallestBurst(rate);
  if (tokens < least) {
    const message = `a burst of ${tokens} cannot sustain ${rateText(rate)}: a bucket refills every 100 ms at most, ${least} at a time`;
    return burst(message, `use at least ${least}`);
  }
  if (tokens * tokenMicros(rate) > MAX_WINDOW_MS * 1000) {
    const most = Math.floor((MAX_WINDOW_MS * 1000) / tokenMicros(rate));
    return burst(`a burst of ${tokens} takes more than 366 days to fill at ${rateText(rate)}`, `use at most ${most}`);
  }
  return undefined;
}

const tier = (message: string, allowed: string, mend: string): Finding => ({ code: 'HG110', message, allowed, mend });
const burst = (message: string, mend: string): Finding => ({
  code: 'HG111',
  message,
  allowed: 'a whole number of tokens from 1, only with `algorithm: token-bucket`',
  mend,
});
