import { emfMetrics } from '../../lambda/authorizer/emf-metrics.ts';
import { METRIC } from '../../lambda/authorizer/metrics.ts';

describe('emfMetrics', () => {
  const { POWERTOOLS_DEV: dev } = process.env;
  beforeAll(() => {
    // Powertools writes to the process's stdout itself unless it is told that this is development.
    process.env.POWERTOOLS_DEV = 'true';
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
    process.env.POWERTOOLS_SERVICE_NAME = 'somebody-elses';
  });
  afterAll(() => {
    process.env.POWERTOOLS_DEV = dev ?? '';
    delete process.env.POWERTOOLS_METRICS_DISABLED;
    delete process.env.POWERTOOLS_SERVICE_NAME;
  });

  test('writes one line with one dimension', () => {
    const lines: string[] = [];
    const log = jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    const metrics = emfMetrics('shop');
    metrics.record([METRIC.allowed, METRIC.shadowLimited]);
    metrics.record([METRIC.limited]);
    metrics.record([METRIC.allowed, METRIC.delayed], 250);
    log.mockRestore();
    const [first, second, third] = lines.map((line) => JSON.parse(line));
    expect(first).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Headgate',
            Dimensions: [['Gate']],
            Metrics: [
              { Name: 'Allowed', Unit: 'Count' },
              { Name: 'ShadowLimited', Unit: 'Count' },
            ],
          },
        ],
      },
      Gate: 'shop',
      Allowed: 1,
      ShadowLimited: 1,
    });
    expect(second).toMatchObject({ Gate: 'shop', Limited: 1 });
    expect(second).not.toHaveProperty('Allowed');
    expect(second).not.toHaveProperty('DelayTime');
    expect(third).toMatchObject({ Allowed: 1, Delayed: 1, DelayTime: 250 });
    expect(third._aws.CloudWatchMetrics[0].Metrics).toContainEqual({ Name: 'DelayTime', Unit: 'Milliseconds' });
  });
});
