import { ALARM_CATALOGUE, type AlarmDescription, type AlarmId, SEVERITIES, type Severity } from './alarm-catalogue.ts';

/** `none`: there is no such alarm. */
export const SEVERITIES_OR_NONE = [...SEVERITIES, 'none'] as const;

/** What differs from the catalogue for one alarm. */
export interface AlarmRule {
  readonly severity?: Severity | 'none';
  /** In the unit of the alarm's entry in the catalogue. */
  readonly threshold?: number;
  /** A period with fewer never counts. */
  readonly minimum?: number;
  /** How many periods are looked at. 1 to 60. */
  readonly periods?: number;
  /** How many of them must count. 1 to `periods`. @default - that of the catalogue, or `periods` where that is fewer */
  readonly datapoints?: number;
}

export type AlarmRules = { readonly [id in AlarmId]?: AlarmRule };

/** Who hears alarms of one severity. */
export interface Receivers {
  /** ARN of a topic that exists; absent: a topic of the gate's own. */
  readonly topic?: string;
  readonly email: readonly string[];
  /** Addresses that SNS posts to: PagerDuty, Opsgenie. */
  readonly https: readonly string[];
  /** A channel of Slack, through Amazon Q Developer in chat applications. */
  readonly slack?: SlackChannel;
}

/** Ids as Slack has them in the links to a channel: `https://app.slack.com/client/WORKSPACE/CHANNEL`. */
export interface SlackChannel {
  readonly workspace: string;
  readonly channel: string;
}

/** What a policy says about its alarms. */
export interface AlarmsPolicy {
  readonly page?: Receivers;
  readonly ticket?: Receivers;
  /** Where the runbook is; each alarm's heading is added: `https://wiki.example.com/headgate#limited-rate`. */
  readonly runbook?: string;
  readonly rules: AlarmRules;
}

/** An alarm's numbers, with the catalogue's where nothing else is said. */
export interface ResolvedRule {
  readonly severity: Severity | 'none';
  readonly threshold: number;
  readonly minimum: number;
  readonly periods: number;
  readonly datapoints: number;
}

/** How many periods an alarm may look at. */
const MOST_PERIODS = 60;

export function resolveRule(id: AlarmId, rule: AlarmRule = {}): ResolvedRule {
  const entry: AlarmDescription = ALARM_CATALOGUE[id];
  const periods = rule.periods ?? entry.periods;
  return {
    severity: rule.severity ?? entry.severity,
    threshold: rule.threshold ?? entry.threshold.default,
    minimum: rule.minimum ?? entry.minimum?.default ?? 0,
    periods,
    datapoints: rule.datapoints ?? Math.min(entry.datapoints, periods),
  };
}

/** A number of a rule that does not fit, and what does. */
export interface RuleProblem {
  readonly key: 'threshold' | 'minimum' | 'periods' | 'datapoints';
  readonly value: number;
  readonly allowed: string;
}

/** Everything in a rule that is out of its bounds. */
export function ruleProblems(id: AlarmId, rule: AlarmRule): RuleProblem[] {
  const entry: AlarmDescription = ALARM_CATALOGUE[id];
  const { threshold, minimum } = rule;
  const { periods } = resolveRule(id, rule);
  const problems: RuleProblem[] = [];
  const check = (key: RuleProblem['key'], holds: boolean, allowed: string): void => {
    if (rule[key] !== undefined && !holds) problems.push({ key, value: rule[key], allowed });
  };
  const { from, to, unit } = entry.threshold;
  check('threshold', within(threshold, from, to), `${from} to ${to} ${unit}`);
  const least = entry.minimum;
  check(
    'minimum',
    least !== undefined && Number.isInteger(minimum) && within(minimum, least.from, least.to),
    least === undefined ? `nothing: ${id} has no minimum` : `a whole number of ${least.of} from ${least.from}`,
  );
  // The doctor looks once in its own time.
  const most = id === 'doctor' ? 1 : MOST_PERIODS;
  check('periods', Number.isInteger(periods) && within(periods, 1, most), most === 1 ? '1' : `1 to ${most}`);
  const many = Number.isInteger(rule.datapoints) && within(rule.datapoints, 1, periods);
  check('datapoints', many, `1 to ${periods} (periods)`);
  return problems;
}

function within(value: number | undefined, from: number, to: number): boolean {
  return value !== undefined && value >= from && value <= to;
}
