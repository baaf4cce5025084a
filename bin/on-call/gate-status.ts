import type { Limit } from '../../lambda/policy/policy.ts';
import { rateText } from '../../lambda/policy/rate.ts';
import { worstCases } from '../../lambda/policy/worst-case.ts';
import { describe } from '../../lambda/report/make-report.ts';
import { countBlocks } from '../registry/blocks.ts';
import { listOverrides, type RegisteredOverride } from '../registry/overrides.ts';
import type { PolicyChoice } from './chosen-policy.ts';
import type { OnCall } from './connect.ts';
import { type AlarmState, readAlarms } from './gate-alarms.ts';
import { type GateMetrics, readMetrics } from './gate-metrics.ts';

/** How a gate is at present. What could not be read is absent, and said in `missing`. */
export interface GateStatus {
  readonly gate: string;
  readonly stack: string;
  /** ISO 8601. */
  readonly at: string;
  readonly alarms?: readonly AlarmState[];
  /** Where `limits` are from: what is deployed, or a file that stands in for it. */
  readonly limitsFrom?: 'deployed' | 'file';
  /** The policy's limits; absent where no policy could be read. */
  readonly limits?: readonly LimitState[];
  readonly overrides?: readonly RegisteredOverride[];
  readonly blocks?: number;
  readonly metrics?: GateMetrics;
  readonly missing: readonly string[];
  /** What else has to be said: a policy file that differs from what is deployed. */
  readonly notes: readonly string[];
}

export interface LimitState {
  readonly limit: string;
  readonly per: Limit['per'];
  readonly mode: Limit['mode'];
  /** The rate, by tier where tiers differ: `free 60/minute with a burst of 20; gold 600/minute with a burst of 200`. */
  readonly rate: string;
  /** What the policy lets pass at worst, in words. */
  readonly policy: string;
  /** Requests that it turned away in the last 5 minutes. */
  readonly limited?: number;
}

/** Asks everybody at once; who does not answer is named. */
export async function readStatus(
  { gate: { gate, stack }, registry, cloudwatch, clock }: OnCall,
  choice: Promise<PolicyChoice>,
): Promise<GateStatus> {
  const missing: string[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      missing.push(`${what} could not be read: ${describe(error)}`);
      return undefined;
    }
  };
  const others = Promise.all([
    attempt('The alarms', () => readAlarms(cloudwatch, gate)),
    attempt('The overrides', () => listOverrides(registry)),
    attempt('The blocks', () => countBlocks(registry)),
  ]);
  const { chosen, notes, failure } = await choice;
  if (chosen === undefined) missing.push(`The limits: ${failure instanceof Error ? failure.message : failure}`);
  const policy = chosen?.policy;
  const names = policy?.limits.map(({ name }) => name) ?? [];
  const metrics = await attempt('The metrics', () => readMetrics(cloudwatch, gate, names, clock()));
  // One that another version has compiled may have limits of a form that is not known here.
  const limits =
    policy &&
    (await attempt('The limits', async () => policy.limits.map((one) => stateOf(one, metrics?.limited[one.name]))));
  const [alarms, overrides, blocks] = await others;
  return {
    gate,
    stack,
    at: new Date(clock()).toISOString(),
    ...(alarms && { alarms }),
    ...(chosen && limits && { limitsFrom: chosen.from }),
    ...(limits && { limits }),
    ...(overrides && { overrides }),
    ...(blocks !== undefined && { blocks }),
    ...(metrics && { metrics }),
    missing,
    notes,
  };
}

function stateOf(limit: Limit, limited: number | undefined): LimitState {
  const { name, per, mode } = limit;
  const words = worstCases(limit).map(({ tiers, text }) => `${tiers.length > 0 ? `${tiers.join(', ')} ` : ''}${text}`);
  return {
    limit: name,
    per,
    mode,
    rate: ratesOf(limit),
    policy: words.join('; '),
    ...(limited !== undefined && { limited }),
  };
}

function ratesOf({ budgets }: Limit): string {
  const tiers = new Map<string, string[]>();
  for (const [tier, budget] of Object.entries(budgets)) {
    const { burst, queue } = budget;
    const size = burst === undefined ? '' : ` with a burst of ${burst}`;
    const rate = `${rateText(budget)}${size}${queue === undefined ? '' : `, ${queue} waiting`}`;
    tiers.set(rate, [...(tiers.get(rate) ?? []), tier]);
  }
  return [...tiers].map(([rate, names]) => (tiers.size === 1 ? rate : `${names.join(', ')} ${rate}`)).join('; ');
}
