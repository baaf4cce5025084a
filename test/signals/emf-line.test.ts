import { Metrics } from '@aws-lambda-powertools/metrics';
import { emfLine } from '../../lambda/signals/emf-line.ts';
import { descriptionOf, type MetricName } from '../../lambda/signals/metric-names.ts';

// Powertools warns of times that CloudWatch would not take.
const AT = Date.now();

/** A line without the order of its members. */
function read(line: string) {
  const { _aws, ...values } = JSON.parse(line);
  const [{ Metrics: metrics, ...rest }] = _aws.CloudWatchMetrics;
  const named = metrics.map(({ Name, Unit }: Record<string, string>) => `${Name} ${Unit}`).sort();
  return { at: _aws.Timestamp, ...rest, values, named };
}

test.each<[readonly (readonly [MetricName, number | readonly number[]])[]]>([
  [[['Allowed', 1]]],
  [
    [
      ['Limited', 512],
      ['DecisionTime', [0.4, 3.1, 3.1, 12]],
      ['WriteUnits', 3],
    ],
  ],
  [[['DelayTime', Array.from({ length: 99 }, (_, i) => i / 10)]]],
])('%j: what Powertools writes for the same metrics', (values) => {
  const { POWERTOOLS_DEV: dev } = process.env;
  // Powertools writes to the process's stdout itself unless it is told that this is development.
  Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' });
  const said = jest.spyOn(console, 'log').mockImplementation(() => {});
  const theirs = new Metrics({ namespace: 'Headgate' });
  theirs.clearDefaultDimensions();
  theirs.setDefaultDimensions({ Gate: 'shop' });
  theirs.setTimestamp(AT);
  for (const [name, value] of values) {
    for (const one of [value].flat()) theirs.addMetric(name, descriptionOf(name).unit, one);
  }
  theirs.publishStoredMetrics();
  const lines = said.mock.calls.map(([line]) => line as string);
  said.mockRestore();
  process.env.POWERTOOLS_DEV = dev ?? '';
  delete process.env.POWERTOOLS_METRICS_DISABLED;
  expect(lines).toHaveLength(1);
  expect(read(emfLine(AT, { Gate: 'shop' }, [{ sets: [['Gate']], values }]))).toEqual(read(lines[0]!));
});

test('several parts have each their dimensions, and the values stand together', () => {
  const line = emfLine(AT, { Gate: 'shop', Api: 'abc', Stage: 'prod' }, [
    { sets: [['Gate'], ['Gate', 'Api', 'Stage']], values: [['Allowed', 7]] },
    { sets: [['Gate']], values: [['WriteUnits', 6]] },
  ]);
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: AT,
      CloudWatchMetrics: [
        {
          Namespace: 'Headgate',
          Dimensions: [['Gate'], ['Gate', 'Api', 'Stage']],
          Metrics: [{ Name: 'Allowed', Unit: 'Count' }],
        },
        { Namespace: 'Headgate', Dimensions: [['Gate']], Metrics: [{ Name: 'WriteUnits', Unit: 'Count' }] },
      ],
    },
    Gate: 'shop',
    Api: 'abc',
    Stage: 'prod',
    Allowed: 7,
    WriteUnits: 6,
  });
});
