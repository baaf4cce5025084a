/** `page` wakes somebody; `ticket` is for the morning. */
export const SEVERITIES = ['page', 'ticket'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * Alarms of one cause are heard as one: of each group and severity there is one composite alarm, and the tickets of a group
 * keep silent while its page is on.
 */
export const ALARM_GROUPS = ['callers', 'limiter'] as const;
export type AlarmGroup = (typeof ALARM_GROUPS)[number];

/** A number that can be set, with its default and bounds, both inclusive. */
export interface AlarmNumber {
  readonly default: number;
  readonly from: number;
  readonly to: number;
}

export interface AlarmDescription {
  readonly severity: Severity;
  /** Absent: the alarm speaks for itself, whatever else is on. */
  readonly group?: AlarmGroup;
  /** The first sentence of its description. */
  readonly meaning: string;
  /** What is compared; from the threshold on, a period counts. */
  readonly threshold: AlarmNumber & { readonly unit: string };
  /** Below that many, a period never counts: 1 of 3 is no incident. Absent: the threshold says it already. */
  readonly minimum?: AlarmNumber & { readonly of: string };
  readonly periodMinutes: number;
  /** How many periods are looked at, and how many of them must count. */
  readonly periods: number;
  readonly datapoints: number;
}

const PERCENT = { from: 0.1, to: 100, unit: '%' } as const;
const requests = (count: number) => ({ default: count, from: 1, to: 1e9, of: 'requests' });

/** Every alarm of a gate, by its id: the end of its name (`GATE-limited-rate`) and its heading in docs/runbook.md. */
export const ALARM_CATALOGUE = {
  'limited-rate': {
    severity: 'page',
    group: 'callers',
    meaning: 'Many of the requests are answered 429.',
    threshold: { ...PERCENT, default: 10 },
    minimum: requests(100),
    periodMinutes: 1,
    periods: 5,
    datapoints: 3,
  },
  'limited-rise': {
    severity: 'ticket',
    group: 'callers',
    meaning: 'More requests are limited than is usual at this time.',
    threshold: { default: 4, from: 1, to: 100, unit: 'standard deviations above the usual' },
    minimum: { default: 50, from: 1, to: 1e9, of: 'limited requests' },
    periodMinutes: 5,
    periods: 3,
    datapoints: 2,
  },
  'unauthorized-rate': {
    severity: 'page',
    group: 'callers',
    meaning: 'Many of the requests are turned away as blocked or without identity: somebody may be trying credentials.',
    threshold: { ...PERCENT, default: 30 },
    minimum: requests(100),
    periodMinutes: 1,
    periods: 5,
    datapoints: 3,
  },
  'many-limited': {
    severity: 'page',
    group: 'callers',
    meaning: 'Many different clients or addresses are limited at the same time: an attack, or a limit that is too low.',
    threshold: { default: 50, from: 2, to: 1e6, unit: 'clients and addresses' },
    periodMinutes: 1,
    periods: 5,
    datapoints: 3,
  },
  'one-limited': {
    severity: 'ticket',
    group: 'callers',
    meaning: 'Nearly all limited requests come from one client or address: mostly a broken client.',
    threshold: { ...PERCENT, default: 80 },
    minimum: { default: 100, from: 1, to: 1e9, of: 'limited requests' },
    periodMinutes: 1,
    periods: 10,
    datapoints: 8,
  },
  'failing-open': {
    severity: 'page',
    group: 'limiter',
    meaning: 'Requests pass uncounted, because the counters cannot be asked: the limits do not hold.',
    threshold: { ...PERCENT, default: 5 },
    minimum: { default: 10, from: 1, to: 1e9, of: 'uncounted requests' },
    periodMinutes: 1,
    periods: 1,
    datapoints: 1,
  },
  'failing-closed': {
    severity: 'page',
    group: 'limiter',
    meaning: 'Requests are denied, because the counters or the registry cannot be asked.',
    threshold: { ...PERCENT, default: 5 },
    minimum: { default: 10, from: 1, to: 1e9, of: 'denied requests' },
    periodMinutes: 1,
    periods: 1,
    datapoints: 1,
  },
  'store-errors': {
    severity: 'ticket',
    group: 'limiter',
    meaning: 'The counters, the registry or a token issuer fail or throttle.',
    threshold: { ...PERCENT, default: 1 },
    minimum: requests(100),
    periodMinutes: 1,
    periods: 5,
    datapoints: 3,
  },
  'authorizer-errors': {
    severity: 'page',
    group: 'limiter',
    meaning: 'The authorizer itself fails, runs out of time, or is throttled by Lambda: callers get 500.',
    threshold: { default: 5, from: 1, to: 1e9, unit: 'failures' },
    periodMinutes: 1,
    periods: 5,
    datapoints: 2,
  },
  'decision-time': {
    severity: 'ticket',
    group: 'limiter',
    meaning: 'Decisions are slow, and every request waits for one.',
    threshold: { default: 250, from: 1, to: 10_000, unit: 'ms (p99)' },
    minimum: requests(100),
    periodMinutes: 1,
    periods: 5,
    datapoints: 3,
  },
  'quota-near': {
    severity: 'ticket',
    meaning: 'Clients have used 80 % of a limit per day, week or month.',
    threshold: { default: 1, from: 1, to: 1e9, unit: 'clients' },
    periodMinutes: 5,
    periods: 1,
    datapoints: 1,
  },
  'gateway-throttles': {
    severity: 'ticket',
    group: 'callers',
    meaning:
      'API Gateway itself throttles, by a usage plan, a stage or the account: Headgate does not see these requests.',
    threshold: { default: 60, from: 1, to: 1e9, unit: 'requests' },
    periodMinutes: 1,
    periods: 5,
    datapoints: 3,
  },
  doctor: {
    severity: 'ticket',
    meaning: 'Something of the gate is not as deployed: routes may be unprotected. `npx headgate doctor` says what.',
    threshold: { default: 1, from: 1, to: 1000, unit: 'findings' },
    periodMinutes: 60,
    periods: 1,
    datapoints: 1,
  },
} as const satisfies Record<string, AlarmDescription>;

export type AlarmId = keyof typeof ALARM_CATALOGUE;
export const ALARM_IDS = Object.keys(ALARM_CATALOGUE) as readonly AlarmId[];

/** The name in CloudWatch of an alarm of a gate. */
export const alarmName = (gateName: string, id: AlarmId): string => `${gateName}-${id}`;

/** The composite alarm by which the alarms of a group and severity are heard: once, whichever of them are on. */
export const compositeName = (gateName: string, group: AlarmGroup, severity: Severity): string =>
  `${gateName}-${group}-${severity}`;

/** Which alarm of the gate has this name; undefined for a composite alarm and for what is not the gate's. */
export function alarmIdOf(gateName: string, name: string): AlarmId | undefined {
  const prefix = `${gateName}-`;
  const id = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return Object.hasOwn(ALARM_CATALOGUE, id) ? (id as AlarmId) : undefined;
}

/** An alarm's entry, with every key that an entry may have. */
export const alarmDescription = (id: AlarmId): AlarmDescription => ALARM_CATALOGUE[id];

/** The Contributor Insights rule that counts who is limited. */
export const limitedSubjectsRule = (gateName: string): string => `${gateName}-limited-subjects`;
