import { safeText } from '../http/header-value.ts';
import { cellOf } from '../limiter/cells/cell-of.ts';
import { bucketBudget, queueBudget, windowBudget } from '../policy/budget.ts';
import type { Budget, Policy } from '../policy/policy.ts';
import { MAX_PER_SECOND, MAX_WINDOW_MS } from '../policy/rate.ts';
import { REGISTRY } from '../store/registry-keys.ts';
import type { Order } from './registry-reader.ts';

/** Other budgets than the policy's for one limit, until they lapse. */
export interface Override {
  /** The item's sort key: one override for each limit, and one for each of its tiers. */
  readonly key: string;
  readonly limit: string;
  /** Absent: of all tiers. */
  readonly tier?: string;
  /** By tier. */
  readonly budgets: ReadonlyMap<string, Budget>;
  /** Unix seconds. */
  readonly until: number;
  /** What the log says: each override once, with the person and the reason that the command line has named. */
  readonly said: Readonly<Record<string, string>>;
  /** Tells it from a later one in its place. */
  readonly at: string;
}

const MAX_BUDGETS_LENGTH = 32_768;

/** @returns a sentence where the item is no override that this policy can count by */
export function readOverride({ key, fields }: Order, policy: Policy): Override | string {
  const [name = '', tier] = key.slice(REGISTRY.overridePrefix.length).split('#');
  const limit = policy.limits.find((one) => one.name === name);
  if (!limit) return 'the policy has no such limit';
  const until = untilOf(fields);
  if (until === undefined) return 'it does not say until when';
  const budgets = new Map<string, Budget>();
  for (const [of, written] of Object.entries(parsed(fields.budgets) ?? {})) {
    if (!policy.tiers.includes(of) || (tier !== undefined && of !== tier)) continue;
    const budget = compiledAgain(name, written);
    if (!budget) return `its budget of the tier ${safeText(of)} cannot be counted`;
    if (isOfAnother(policy, name, budget)) return OF_ANOTHER;
    budgets.set(of, budget);
  }
  if (budgets.size === 0) return 'it holds no budget of a tier of the policy';
  return overrideOf({ key, fields }, name, tier, budgets, until);
}

/** Unix seconds. */
export function untilOf({ until: text }: Order['fields']): number | undefined {
  const until = Number(text);
  return text === '' || !Number.isSafeInteger(until) || until < 0 ? undefined : until;
}

export function overrideOf(
  { key, fields }: Order,
  name: string,
  tier: string | undefined,
  budgets: ReadonlyMap<string, Budget>,
  until: number,
): Override {
  const text = (value: string | undefined) => safeText(value ?? '');
  const said = {
    limit: name,
    ...(tier !== undefined && { tier: text(tier) }),
    rate: text(fields.rate),
    until: new Date(Math.min(until * 1000, 8.64e15)).toISOString(),
    by: text(fields.by),
    why: text(fields.why),
  };
  return { key, limit: name, ...(tier !== undefined && { tier }), budgets, until, said, at: fields.at ?? '' };
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined || text.length > MAX_BUDGETS_LENGTH) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The budget that rate, algorithm and burst compile to. Nothing else is taken from the item: epoch and cell id follow from
 * these, so that no item can mix epochs of two scales under one id.
 */
function compiledAgain(name: string, written: unknown): Budget | undefined {
  const { algorithm, limit, windowMs, epochMs, calendar, burst, queue, maxDelayMs } = (written ??
    {}) as Partial<Budget>;
  const rate = { limit: limit!, windowMs: windowMs!, ...(calendar !== undefined && { calendar }) };
  const whole = [limit, windowMs, epochMs, burst ?? 1, queue ?? 1, maxDelayMs ?? 1];
  if (!whole.every((value) => Number.isSafeInteger(value) && value! >= 1)) return undefined;
  if (windowMs! < 1000 || windowMs! > MAX_WINDOW_MS || limit! * 1000 > MAX_PER_SECOND * windowMs!) return undefined;
  if (calendar !== undefined && !['day', 'week', 'month'].includes(calendar)) return undefined;
  try {
    const budget =
      algorithm === 'token-bucket'
        ? bucketBudget(name, rate, burst!)
        : algorithm === 'leaky-bucket'
          ? queueBudget(name, rate, queue!, maxDelayMs!)
          : windowBudget(name, algorithm!, rate, windowMs! / epochMs! === 20 ? 20 : undefined);
    cellOf(budget);
    return budget.epochMs === epochMs ? budget : undefined;
  } catch {
    return undefined;
  }
}

export const OF_ANOTHER = 'its counters would be those of another limit';
export const isOfAnother = (policy: Policy, name: string, { cellId }: Budget): boolean =>
  policy.limits.some((other) => other.name !== name && Object.values(other.budgets).some((b) => b.cellId === cellId));
