import { parseDocument } from 'yaml';
import { burstInProportion } from '../../lambda/policy/budget.ts';
import { nearest } from '../../lambda/policy/nearest.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import type { Budget, Limit, Policy } from '../../lambda/policy/policy.ts';
import { parseRate } from '../../lambda/policy/rate.ts';
import { worstCases } from '../../lambda/policy/worst-case.ts';
import type { ChosenPolicy } from './chosen-policy.ts';
import { OverrideError } from './on-call-error.ts';
import { policyText } from './policy-text.ts';

export interface WantedOverride {
  readonly limit: string;
  /** Absent: all tiers. */
  readonly tier?: string | undefined;
  /** `10/minute` */
  readonly rate: string;
  /**
   * `token-bucket`. @default - each tier's own in the proportion of the rates, so that the bucket fills in the same time: a
   * lower rate with the old burst would begin by giving every caller that burst at once
   */
  readonly burst?: number | undefined;
}

export interface PlannedOverride {
  /** By tier, of the tiers that it is for; absent: the function that has the limit makes them. */
  readonly budgets?: Readonly<Record<string, Budget>>;
  /** What the policy itself says for these tiers, and what the override lets through: one sentence each. */
  readonly policySays: string;
  readonly letsPass: string;
  /** Tiers that it lets more of than the policy, and less. */
  readonly raised: readonly string[];
  readonly lowered: readonly string[];
  /** The limit is in shadow mode: it is counted by the override, and enforces nothing. */
  readonly isShadow: boolean;
}

/**
 * What a limit's budgets are with another rate: the policy is compiled with it, so that all that holds for a policy holds for
 * an override too.
 *
 * @param text of the policy
 * @param file how messages name it
 * @throws OverrideError (HG270)
 */
export function planOverride(text: string, file: string, wanted: WantedOverride): PlannedOverride {
  const policy = compiled(text, `${file} has errors; \`headgate validate ${file}\` shows them`);
  const limit = limitOf(policy, wanted.limit, file);
  const tiers = tiersOf(policy, limit, wanted.tier, file);
  const rate = parseRate(wanted.rate);
  if (!('limit' in rate)) throw new OverrideError(`${rate.message}; ${rate.mend}`);
  const bursts = new Map<string, number>();
  for (const tier of policy.tiers) {
    const budget = limit.budgets[tier]!;
    if (budget.burst === undefined) continue;
    bursts.set(tier, tiers.includes(tier) ? (wanted.burst ?? burstInProportion(rate, budget)) : budget.burst);
  }
  if (wanted.burst !== undefined && bursts.size === 0) {
    throw new OverrideError(`${limit.name} counts by ${limit.budgets[tiers[0]!]!.algorithm}, which has no burst`);
  }
  const document = parseDocument(text);
  const at = (key: string) => ['limits', limit.name, key];
  const before = document.getIn(at('rate')) as { toJSON?(): unknown } | string;
  const rates: unknown = typeof before === 'object' ? before.toJSON?.() : before;
  const byTier = (value: (tier: string) => unknown) =>
    document.createNode(Object.fromEntries(policy.tiers.map((tier) => [tier, value(tier)])));
  const isWhole = tiers.length === policy.tiers.length;
  const rateOf = (tier: string) =>
    tiers.includes(tier)
      ? wanted.rate.trim()
      : typeof rates === 'object'
        ? (rates as Record<string, unknown>)[tier]
        : rates;
  document.setIn(at('rate'), isWhole ? wanted.rate.trim() : byTier(rateOf));
  if (bursts.size > 0) {
    const same = new Set(bursts.values()).size === 1;
    document.setIn(at('burst'), same ? [...bursts.values()][0] : byTier((tier) => bursts.get(tier)));
  }
  const changed = limitOf(compiled(String(document), `${limit.name} cannot be ${wanted.rate}`), limit.name, file);
  const budgets = Object.fromEntries(tiers.map((tier) => [tier, changed.budgets[tier]!]));
  return {
    budgets,
    policySays: wordsOf(limit, tiers),
    letsPass: wordsOf(changed, tiers),
    raised: tiers.filter((tier) => perHour(budgets[tier]!) > perHour(limit.budgets[tier]!)),
    lowered: tiers.filter((tier) => perHour(budgets[tier]!) < perHour(limit.budgets[tier]!)),
    isShadow: limit.mode === 'shadow',
  };
}

/** The text to compile with another rate: the file's own, or the deployed limits written down again. */
export function textOf({ policy, text, name }: ChosenPolicy): string {
  const found = text ?? policyText(policy);
  if (found !== undefined) return found;
  throw new OverrideError(`${name} is of another version of Headgate: use the command line of that version`);
}

/**
 * An override for a limit of a function's own (`rateLimit`), which only the function knows.
 *
 * @param policy the deployed one, as far as it can be read
 * @throws OverrideError (HG270)
 */
export function planOwnOverride(
  policy: Policy | undefined,
  { limit, tier, rate: text, burst }: WantedOverride,
): PlannedOverride {
  if (!OWN_NAME.test(limit)) throw new OverrideError(`${limit.slice(0, 60)} is no name of a limit`);
  if (policy?.limits.some(({ name }) => name === limit)) {
    throw new OverrideError(`${limit} is a limit of the deployed policy; leave \`--own\` away`);
  }
  if (tier !== undefined || burst !== undefined) {
    throw new OverrideError(
      'with `--own` there is a rate alone: it holds for all tiers, and a burst follows it in proportion',
    );
  }
  const rate = parseRate(text);
  if (!('limit' in rate)) throw new OverrideError(`${rate.message}; ${rate.mend}`);
  return { policySays: "as in the function's code", letsPass: text.trim(), raised: [], lowered: [], isShadow: false };
}

/** Every name that a policy or `rateLimit` takes. */
const OWN_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$|^[a-z0-9][a-z0-9-]{0,31}$/;

const perHour = ({ limit, windowMs }: Budget): number => (limit * 3_600_000) / windowMs;

function compiled(text: string, failure: string): Policy {
  const { policy, problems } = parsePolicy(text);
  if (policy !== undefined) return policy;
  const [first] = problems.filter(({ severity }) => severity === 'error');
  throw new OverrideError(`${failure}: ${first?.code} ${first?.message}; ${first?.mend}`);
}

function limitOf(policy: Policy, name: string, file: string): Limit {
  const limit = policy.limits.find((one) => one.name === name);
  if (limit) return limit;
  const names = policy.limits.map((one) => one.name);
  const meant = nearest(name, names);
  const hint = meant ? `did you mean \`${meant}\`?` : `its limits: ${names.join(', ')}`;
  const own = 'for a limit that a function has of its own (`rateLimit`) add `--own`';
  throw new OverrideError(`${file} has no limit \`${name.slice(0, 60)}\`; ${hint}; ${own}`);
}

function tiersOf(policy: Policy, { name, per }: Limit, tier: string | undefined, file: string): readonly string[] {
  if (tier === undefined) return policy.tiers;
  if (per !== 'client') throw new OverrideError(`${name} is \`per: ${per}\`: only a client has a tier`);
  if (policy.tiers.includes(tier)) return [tier];
  throw new OverrideError(`${file} has no tier \`${tier.slice(0, 60)}\`; its tiers: ${policy.tiers.join(', ')}`);
}

/** What is let through, by tier where tiers differ. */
function wordsOf(limit: Limit, tiers: readonly string[]): string {
  const budgets = Object.fromEntries(tiers.map((tier) => [tier, limit.budgets[tier]!]));
  const cases = worstCases({ ...limit, budgets });
  return cases.map((one) => `${one.tiers.length > 0 ? `${one.tiers.join(', ')} ` : ''}${one.text}`).join('; ');
}
