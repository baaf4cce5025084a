import { Duration } from 'aws-cdk-lib';
import { ALARM_IDS, type AlarmId, alarmDescription } from '../../../lambda/policy/alarm-catalogue.ts';
import { gateIn, newStack, type Properties, resources, restApiIn } from '../support/stacks.ts';
import { comparedIn, type Series, stateOf } from './metric-math.ts';

const stack = newStack();
const gate = gateIn(stack, { accessLogs: {}, doctor: { every: Duration.hours(1) } });
gate.protect(restApiIn(stack));
const named = Object.values(resources(stack, 'AWS::CloudWatch::Alarm'));
const alarmOf = (id: AlarmId): Properties => named.find(({ AlarmName }) => AlarmName === `${gate.gateName}-${id}`)!;

/** The doctor's alarm keeps its state where nothing is known, which one value decides. */
const WATCHED = ALARM_IDS.filter((id) => id !== 'doctor');
const on = (series: Series): readonly AlarmId[] => WATCHED.filter((id) => stateOf(alarmOf(id), series) === 'ALARM');
const minutes = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** Ten minutes, the last ones given, quiet before. */
const late = (...values: number[]): (number | undefined)[] => [...minutes(10 - values.length, undefined), ...values];

describe('recorded series', () => {
  test('nothing at all: no alarm', () => {
    expect(on({ Allowed: minutes(10, undefined) })).toEqual([]);
  });

  test('a busy day within the limits: no alarm', () => {
    const series = {
      Allowed: [5120, 5263, 4987, 5301, 5198, 5044, 5250, 5177, 5309, 5092],
      Limited: [31, 22, 40, 18, 25, 37, 29, 33, 20, 27],
      Unauthorized: [3, 0, 1, 4, 2, 2, 0, 1, 0, 3],
      StoreErrors: [0, 1, 0, 0, 2, 0, 0, 0, 1, 0],
      FailedOpen: [0, 1, 0, 0, 2, 0, 0, 0, 1, 0],
      DecisionTime: [9, 11, 8, 14, 9, 10, 35, 9, 8, 12],
      UpperBand: minutes(10, 190),
      'Rule:UniqueContributors': [4, 3, 6, 2, 4, 5, 4, 4, 3, 4],
      'Rule:MaxContributorValue': [20, 12, 19, 12, 14, 17, 11, 16, 13, 15],
      'Rule:Sum': [31, 22, 40, 18, 25, 37, 29, 33, 20, 27],
    };
    expect(on(series)).toEqual([]);
  });

  test('a quiet night with 3 requests a minute, all of them limited, denied, failed or slow: no alarm', () => {
    const three = minutes(10, 3);
    const series = {
      Allowed: minutes(10, undefined),
      Limited: three,
      Unauthorized: three,
      FailedOpen: three,
      FailedClosed: three,
      StoreErrors: three,
      StoreThrottles: three,
      DecisionTime: minutes(10, 4000),
      GatewayThrottled: three,
      // The model expects nothing at night.
      UpperBand: minutes(10, 0.5),
      'Rule:UniqueContributors': three,
      'Rule:MaxContributorValue': three,
      'Rule:Sum': three,
    };
    expect(on(series)).toEqual([]);
  });

  test('one broken client among others: the rate and the one, not the many', () => {
    const limited = minutes(10, 900);
    const series = {
      Allowed: minutes(10, 2400),
      Limited: limited,
      UpperBand: minutes(10, 240),
      'Rule:UniqueContributors': minutes(10, 4),
      'Rule:MaxContributorValue': minutes(10, 871),
      'Rule:Sum': limited,
    };
    expect(on(series)).toEqual(['limited-rate', 'limited-rise', 'one-limited']);
  });

  test('stuffing from 500 addresses: the rate and the many, not the one', () => {
    const limited = late(310, 1480, 1502, 1466);
    const series = {
      Allowed: minutes(10, 2500),
      Limited: limited,
      UpperBand: minutes(10, 240),
      'Rule:UniqueContributors': late(155, 497, 500, 499),
      'Rule:MaxContributorValue': late(9, 14, 12, 13),
      'Rule:Sum': limited,
    };
    expect(on(series)).toEqual(['limited-rate', 'limited-rise', 'many-limited']);
  });

  test('the same with keys that prove nothing, under `anonymous: reject`', () => {
    expect(on({ Allowed: minutes(10, 900), Unauthorized: late(1200, 1310, 1290) })).toEqual(['unauthorized-rate']);
  });

  test('one bad minute is no incident', () => {
    const series = { Allowed: minutes(10, 900), Limited: late(800, 0, 0), Unauthorized: late(2000, 0, 0) };
    expect(on(series)).toEqual([]);
  });

  test('a store outage with limits that allow: failing open within its first minute', () => {
    const series = { Allowed: minutes(10, 1200), StoreErrors: late(410), FailedOpen: late(410) };
    expect(on(series)).toEqual(['failing-open']);
  });

  test('a store outage over minutes, with limits of both kinds and slow answers', () => {
    const series = {
      Allowed: [...minutes(7, 1200), 800, 800, 800],
      FailedClosed: late(400, 400, 400),
      StoreErrors: late(1200, 1200, 1200),
      FailedOpen: late(800, 800, 800),
      DecisionTime: late(900, 320, 310),
    };
    expect(on(series)).toEqual(['failing-open', 'failing-closed', 'store-errors', 'decision-time']);
  });

  test('an outage without any traffic but what fails is seen too', () => {
    expect(on({ FailedClosed: late(12) })).toEqual(['failing-closed']);
  });

  test('a table that throttles while retries succeed', () => {
    expect(on({ Allowed: minutes(10, 1000), StoreThrottles: late(15, 22, 18) })).toEqual(['store-errors']);
  });

  test.each(['AuthorizerErrors', 'Duration', 'Throttles'])('the authorizer fails: %s', (metric) => {
    const series = { Allowed: minutes(10, 1000), [metric]: late(7, undefined as unknown as number, 9) };
    expect(on(series)).toEqual(['authorizer-errors']);
  });

  test('failures of three kinds are added up', () => {
    const two = late(2, 2);
    expect(on({ AuthorizerErrors: two, Duration: two, Throttles: two })).toEqual(['authorizer-errors']);
  });

  test('a client near its quota, and API Gateway that throttles', () => {
    expect(on({ QuotaNear: late(1) })).toEqual(['quota-near']);
    expect(on({ Allowed: minutes(10, 900), GatewayThrottled: late(70, 90, 65) })).toEqual(['gateway-throttles']);
  });

  test('what is usual at this time is no rise, however much it is', () => {
    const series = { Allowed: minutes(10, 90_000), Limited: minutes(10, 900), UpperBand: minutes(10, 1400) };
    expect(on(series)).toEqual([]);
  });
});

describe('each threshold and minimum is where the catalogue says', () => {
  /** Series whose compared value is `value` with exactly `volume` of what the minimum counts. */
  const at: Readonly<Partial<Record<AlarmId, (value: number, volume: number) => Series>>> = {
    'limited-rate': (value, volume) => share('Limited', value, volume),
    'unauthorized-rate': (value, volume) => share('Unauthorized', value, volume),
    'store-errors': (value, volume) => ({ Allowed: [volume], StoreErrors: [(value * volume) / 100] }),
    'failing-open': (value, volume) => ({ Allowed: [(100 * volume) / value], FailedOpen: [volume] }),
    'failing-closed': (value, volume) => ({ Allowed: [(100 * volume) / value - volume], FailedClosed: [volume] }),
    'one-limited': (value, volume) => ({ 'Rule:Sum': [volume], 'Rule:MaxContributorValue': [(value * volume) / 100] }),
    'decision-time': (value, volume) => ({ Allowed: [volume], DecisionTime: [value] }),
    'many-limited': (value) => ({ 'Rule:UniqueContributors': [value] }),
    'authorizer-errors': (value) => ({ AuthorizerErrors: [value] }),
    'quota-near': (value) => ({ QuotaNear: [value] }),
    'gateway-throttles': (value) => ({ GatewayThrottled: [value] }),
  };
  const share = (metric: string, percent: number, volume: number): Series => {
    const part = (percent * volume) / 100;
    return { Allowed: [volume - part], [metric]: [part] };
  };
  /** So often that M of N is reached. */
  const lasting = (series: Series): Series =>
    Object.fromEntries(Object.entries(series).map(([name, [value]]) => [name, minutes(10, value)]));

  test('all are tried', () => {
    expect(Object.keys(at).sort()).toEqual(WATCHED.filter((id) => id !== 'limited-rise').sort());
  });

  test.each(Object.keys(at) as AlarmId[])('%s', (id) => {
    const { threshold, minimum } = alarmDescription(id);
    const alarm = alarmOf(id);
    const volume = minimum?.default ?? 0;
    expect(alarm.Threshold).toBe(threshold.default);
    expect(comparedIn(alarm, at[id]!(threshold.default, volume), 0)).toBeCloseTo(threshold.default, 9);
    expect(stateOf(alarm, lasting(at[id]!(threshold.default * 1.001, volume)))).toBe('ALARM');
    expect(stateOf(alarm, lasting(at[id]!(threshold.default * 0.99, volume)))).toBe('OK');
    if (minimum) expect(stateOf(alarm, lasting(at[id]!(threshold.default * 1.001, volume * 0.99)))).toBe('OK');
  });

  test('limited-rise: above the band, from its minimum on', () => {
    const alarm = alarmOf('limited-rise');
    const { threshold, minimum } = alarmDescription('limited-rise');
    const band = alarm.Metrics.find(({ Id }: Properties) => Id === alarm.ThresholdMetricId);
    expect(band.Expression).toMatch(new RegExp(`^ANOMALY_DETECTION_BAND\\(\\w+, ${threshold.default}\\)$`));
    const state = (limited: number, UpperBand: number) =>
      stateOf(alarm, lasting({ Limited: [limited], UpperBand: [UpperBand] }));
    const { default: least } = minimum!;
    expect([state(least, least - 1), state(least, least), state(least - 1, 1)]).toEqual(['ALARM', 'OK', 'OK']);
  });
});
