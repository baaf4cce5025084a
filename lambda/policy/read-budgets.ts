import { bucketBudget, smallestBurst, tokenMicros, windowBudget } from './budget.ts';
import { nearest } from './nearest.ts';
import type { Algorithm, Budget, Scope } from './policy.ts';
import type { Finding } from './problem.ts';
import { MAX_WINDOW_MS, parseRate, type Rate, rateText } from './rate.ts';
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

/** Beyond this a shared limit would need more writes than one item takes (1,000/second), with room to spare. */
export const MAX_SHARED_PER_SECOND = 800;

/** One budget for each tier; undefined where rate or burst are wrong. */
export function readBudgets(
  raw: Readonly<Record<string, unknown>>,
  path: Path,
  context: BudgetContext,
): Record<string, Budget> | undefined {
  const { name, algorithm, tiers, report } = context;
  const rates = byTier(raw.rate, [...path, 'rate'], context, (value, at) => {
    const rate = report.take(at, parseRate(value));
    if (rate) checkHeat(rate, at, context);
    return rate;
  });
  const bursts = readBursts(raw.burst, path, context);
  if (rates === undefined || algorithm === undefined) return undefined;
  const budgets: Record<string, Budget> = {};
  let whole = true;
  const said = new Set<string>();
  for (const tier of tiers) {
    const rate = rates[tier];
    if (rate === undefined) whole = false;
    else if (algorithm !== 'token-bucket') budgets[tier] = windowBudget(name, algorithm, rate);
    else {
      const burst = bursts?.[tier];
      if (burst === undefined) {
        whole = false;
        continue;
      }
      const at: Path = isMap(raw.burst) ? [...path, 'burst', tier] : [...path, 'burst'];
      const wrong = burstFinding(rate, burst);
      const key = JSON.stringify([at, wrong]);
      if (wrong === undefined) budgets[tier] = bucketBudget(name, rate, burst);
      else if (!said.has(key)) report.add(at, wrong);
      if (wrong !== undefined) whole = false;
      said.add(key);
    }
  }
  return whole ? budgets : undefined;
}

function readBursts(
  value: unknown,
  path: Path,
  context: BudgetContext,
): Readonly<Record<string, number | undefined>> | undefined {
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

/** All requests of one subject are writes on one item. */
function checkHeat(rate: Rate, path: Path, { per, report }: BudgetContext): void {
  const perSecond = (rate.limit * 1000) / rate.windowMs;
  if (perSecond <= MAX_SHARED_PER_SECOND) return;
  const shared = per === 'all' || per === 'route';
  const finding: Finding = {
    code: 'HG119',
    message: `${rateText(rate)} is ${Math.round(perSecond)}/second on one counter, and DynamoDB takes 1,000 writes a second on one item`,
    allowed: `at most ${MAX_SHARED_PER_SECOND}/second until counts can be leased`,
    mend: shared
      ? 'lower the rate, or count per client or per address'
      : 'lower the rate: beyond it the counter is throttled',
  };
  report.add(path, finding, { severity: shared ? 'error' : 'warning' });
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
