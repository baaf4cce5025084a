import { nearest } from './nearest.ts';
import { MAX_TIERS, type PlanQuota, QUOTA_PATTERN, type TierPlan } from './plan.ts';
import type { Finding } from './problem.ts';
import { parseRate } from './rate.ts';
import { nameFinding, twice } from './read-callers.ts';
import { isMap, pathText, type Report } from './report.ts';
import type { Path } from './source.ts';

export interface Tiers {
  /** The first is the default. */
  readonly tiers: readonly string[];
  /** By tier; only those that the policy gives one. */
  readonly plans: Readonly<Record<string, TierPlan>>;
}

/** API Gateway takes whole numbers of 32 bits. */
const MAX_COUNT = 2_147_483_647;

/** The tiers, a list of names or a map from names to what they have; one named `default` where the policy has none. */
export function readTiers(value: unknown, report: Report): Tiers {
  const count = Array.isArray(value) ? value.length : isMap(value) ? Object.keys(value).length : 1;
  if (count === 0 || count > MAX_TIERS) {
    const finding = { code: 'HG106', message: `${count} tiers`, allowed: `1 to ${MAX_TIERS}` };
    report.add(
      ['tiers'],
      { ...finding, mend: count === 0 ? 'name one: `tiers: [free]`' : 'merge some' },
      { value: '' },
    );
  }
  if (isMap(value)) return readTierMap(value, report);
  if (value !== undefined && !Array.isArray(value)) {
    report.add(['tiers'], plan('`tiers` is neither a list nor a map', 'write `tiers: [free, gold]`'));
  }
  if (!Array.isArray(value) || value.length === 0) return { tiers: ['default'], plans: {} };
  const tiers: string[] = [];
  for (const [index, tier] of value.entries()) {
    const path: Path = ['tiers', index];
    const wrong = isMap(tier) ? mapInList(tier) : nameFinding(tier);
    if (wrong) report.add(path, wrong);
    else if (tiers.includes(tier)) report.add(path, twice(`tier \`${tier}\``));
    else tiers.push(tier);
  }
  // Limits are read even if no name is right, so that everything wrong is said at once.
  return { tiers: tiers.length === 0 ? ['default'] : tiers, plans: {} };
}

function readTierMap(value: Readonly<Record<string, unknown>>, report: Report): Tiers {
  const tiers: string[] = [];
  const plans: Record<string, TierPlan> = {};
  for (const [name, raw] of Object.entries(value)) {
    const path: Path = ['tiers', name];
    const wrong = nameFinding(name) ?? numericName(name);
    if (wrong) {
      report.add(path, wrong, { at: 'key', value: name });
      continue;
    }
    tiers.push(name);
    // `gold:` without a value is a tier without anything of its own.
    if (raw === null || raw === undefined) continue;
    const planOf = mapAt(raw, path, ['plan'], report)?.plan;
    if (planOf === undefined) continue;
    const entries = mapAt(planOf, [...path, 'plan'], ['rate', 'burst', 'quota'], report);
    const found = entries && readPlan(entries, [...path, 'plan'], report);
    if (found !== undefined) plans[name] = found;
  }
  return { tiers: tiers.length === 0 ? ['default'] : tiers, plans };
}

/** The map that stands here, with what is not known in it reported. */
function mapAt(
  value: unknown,
  path: Path,
  known: readonly string[],
  report: Report,
): Readonly<Record<string, unknown>> | undefined {
  if (!isMap(value)) {
    report.add(path, plan('not a map', 'write `{ plan: { rate: 10/second, burst: 20 } }`'));
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    const finding = {
      code: 'HG105',
      message: `\`${key}\` is not known in ${pathText(path)}`,
      allowed: known.join(', '),
      mend: meant ? `did you mean \`${meant}\`?` : 'take it away',
    };
    report.add([...path, key], finding, { at: 'key', value: key });
  }
  return value;
}

function readPlan(raw: Readonly<Record<string, unknown>>, path: Path, report: Report): TierPlan | undefined {
  const rate = raw.rate === undefined ? undefined : report.take([...path, 'rate'], parsePlanRate(raw.rate));
  const quota = raw.quota === undefined ? undefined : report.take([...path, 'quota'], parseQuota(raw.quota));
  const burst = raw.burst;
  if (burst !== undefined && !(typeof burst === 'number' && isCount(burst))) {
    report.add([...path, 'burst'], plan('not a number of requests', 'use a whole number from 1'));
    return undefined;
  }
  if (Object.keys(raw).length === 0) {
    report.add(path, plan('a plan without anything in it', 'add rate, burst or quota, or take `plan` away'), {
      at: 'key',
    });
    return undefined;
  }
  return {
    ...(rate && { ratePerSecond: rate.perSecond }),
    ...(burst !== undefined && { burst }),
    ...(quota && { quota }),
  };
}

function parsePlanRate(value: unknown): { readonly perSecond: number } | Finding {
  const rate = parseRate(value);
  if ('code' in rate) return rate;
  if (rate.calendar !== undefined) {
    return plan(
      'a plan has no rate by the calendar',
      `write it as the quota: \`quota: ${rate.limit}/${rate.calendar}\``,
    );
  }
  return { perSecond: (rate.limit * 1000) / rate.windowMs };
}

/** Reads `10000/month`. */
function parseQuota(value: unknown): PlanQuota | Finding {
  const text = String(value).trim();
  if (QUOTA_PATTERN.test(text)) {
    const [count, period] = text.split(/ ?\/ ?/) as [string, PlanQuota['period']];
    if (isCount(Number(count))) return { limit: Number(count), period };
  }
  const [, count = '10000', period = 'month'] = /^(\d+) ?\/ ?(?:calendar-)?(day|week|month)/.exec(text) ?? [];
  return plan(`\`${text.slice(0, 40)}\` is not a quota`, `write ${count}/${period}`);
}

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 1 && count <= MAX_COUNT;

/** Objects list such keys first, in the order of their numbers: the default tier would not be the first in the file. */
function numericName(name: string): Finding | undefined {
  if (!/^\d+$/.test(name)) return undefined;
  return plan(
    `\`${name}\` cannot name a tier in a map`,
    `write \`tier-${name}\`, or list the tiers: \`tiers: [${name}]\``,
  );
}

function mapInList(tier: Readonly<Record<string, unknown>>): Finding {
  const name = Object.keys(tier)[0] ?? 'free';
  return plan('a map in a list of tiers', `write \`tiers:\` as a map, without \`- \`: \`${name}: ...\``);
}

const plan = (message: string, mend: string): Finding => ({
  code: 'HG135',
  message,
  allowed: 'plan: { rate: 10/second, burst: 20, quota: 10000/month } (quota by day, week or month)',
  mend,
});
