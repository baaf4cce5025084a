import { DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AccessLogMetric } from '../../lib/signals/access-log-metrics.ts';
import { Demo } from '../../local/demo/demo.ts';
import { type Example, START_MS, startExample } from './support/example.ts';

describe('the example on a local AWS', () => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample();
  }, START_MS);
  afterAll(() => example?.stop());

  // First: containers that run already would learn of the demo's block 30 s later only.
  test('the demo finds nothing to object to, and its alarm goes off', async () => {
    const demo = new Demo(example.aws, example.outputs, example.policy);
    await demo.prepare();
    await demo.sendAll(new AbortController().signal, () => {});
    await demo.waitForAlarm();

    expect(demo.mismatches).toEqual([]);
    expect(demo.message).toMatchObject({ AlarmName: example.outputs.PageAlarmName, NewStateValue: 'ALARM' });
    const { MetricAlarms } = await example.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [example.outputs.LimitedAlarmName] }),
    );
    expect(MetricAlarms).toHaveLength(1);
  }, 60_000);

  test('a limit that has room allows with its headers, over both APIs, and counts them together', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    const [rest, http] = [await example.rest('/notes', { headers }), await example.http('/notes', { headers })];

    expect([rest.status, http.status]).toEqual([200, 200]);
    const left = [rest, http].map((answer) => Number(answer.headers.get('x-ratelimit-remaining')));
    expect(left[1]).toBe(left[0]! - 1);
    expect(rest.headers.get('retry-after')).toBeNull();
  });

  test('a limit that is used up answers 429 with problem+json and the time to wait', async () => {
    const signIn = example.policy.limits.find(({ name }) => name === 'sign-in')!;
    const size = signIn.budgets[example.policy.tiers[0]!]!.limit;
    const login = { method: 'POST', headers: { 'x-forwarded-for': '192.0.2.2' } };

    for (let sent = 0; sent < size; sent++) expect((await example.rest('/login', login)).status).toBe(200);

    for (const denied of [await example.rest('/login', login), await example.http('/login', login)]) {
      expect(denied.status).toBe(429);
      expect(denied.headers.get('content-type')).toContain('application/problem+json');
      expect(denied.headers.get('x-ratelimit-limit')).toBe(String(size));
      expect(denied.headers.get('x-ratelimit-remaining')).toBe('0');
      expect(Number(denied.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await denied.json()).toMatchObject({ status: 429, detail: expect.any(String) });
    }
  });

  test('the demo objects where the deployment limits otherwise than its policy says', async () => {
    const { limits } = example.policy;
    const tighter = limits.map((limit) => {
      const budgets = Object.entries(limit.budgets).map(([tier, budget]) => [tier, { ...budget, limit: 1, burst: 1 }]);
      return limit.name === 'files' ? limit : { ...limit, budgets: Object.fromEntries(budgets) };
    });
    // The registered clients are there already: only a wrong answer may be objected to, so a new registry is not needed.
    const demo = new Demo(example.aws, example.outputs, { ...example.policy, limits: tighter });
    demo.keys = { small: 'unknown', big: 'unknown', blocked: 'unknown', hasty: 'unknown', hastier: 'unknown' };
    await demo.sendAll(new AbortController().signal, () => {});

    expect(demo.mismatches).toContainEqual(
      expect.stringMatching(/^no key, REST GET \/notes: .* must pass, but \d+ did$/),
    );
    expect(demo.mismatches).toContainEqual(
      expect.stringContaining('blocked client, REST GET /notes: every answer must be 401'),
    );
  }, 60_000);

  describe('the access log', () => {
    let logs: CloudWatchLogsClient;
    beforeAll(() => {
      logs = new CloudWatchLogsClient(example.config);
    });
    afterAll(() => logs?.destroy());

    const countOf = async (metric: AccessLogMetric, gate: string) => {
      const { Datapoints = [] } = await example.cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'Headgate',
          MetricName: metric,
          Dimensions: [{ Name: 'Gate', Value: gate }],
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 60,
          Statistics: ['Sum'],
        }),
      );
      return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
    };

    test('has a line for each request of both APIs, and its filter counts the 429s of the gate', async () => {
      const login = { method: 'POST', headers: { 'x-forwarded-for': '192.0.2.3' } };
      const signIn = example.policy.limits.find(({ name }) => name === 'sign-in')!;
      const size = signIn.budgets[example.policy.tiers[0]!]!.limit;
      const sent = [];
      for (let count = 0; count <= size; count++) sent.push((await example.rest('/login', login)).status);
      sent.push((await example.http('/login', login)).status);

      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({
          logGroupName: example.outputs.AccessLogGroupName,
          filterPattern: '{ $.sourceIp = "192.0.2.3" }',
        }),
      );
      const lines = events.map(({ message }) => JSON.parse(message!));
      expect(lines.map(({ status }) => Number(status))).toEqual(sent);
      const [rest, http] = lines.slice(-2);
      expect(rest).toMatchObject({
        route: '/login',
        response: 'ACCESS_DENIED',
        backendStatus: '-',
        limit: 'sign-in',
        verdict: 'limited',
      });
      expect(http).toMatchObject({ route: 'POST /login', response: '-', backendStatus: '429', verdict: 'limited' });
      expect(await countOf('LimitedByGate', rest.gate)).toBeGreaterThanOrEqual(2);
      expect(await countOf('Requests', rest.gate)).toBeGreaterThanOrEqual(sent.length);
      for (const metric of ['GatewayThrottled', 'BackendLimited', 'WafBlocked'] as const) {
        expect([metric, await countOf(metric, rest.gate)]).toEqual([metric, 0]);
      }
    });

    test('has filters that tell the throttles of API Gateway, the firewall and the backend apart (lines written by hand)', async () => {
      const line = { gate: 'by-hand', status: '429', response: '-', backendStatus: '-', verdict: 'allowed' };
      const lines = [
        { ...line, response: 'THROTTLED' },
        { ...line, response: 'QUOTA_EXCEEDED', verdict: '-' },
        // An HTTP API does not say THROTTLED.
        { ...line, verdict: '-' },
        { ...line, backendStatus: '429' },
        { ...line, status: '403', response: 'WAF_FILTERED', verdict: '-', waf: 'WAF_BLOCK' },
        { ...line, response: 'WAF_FILTERED', verdict: '-', waf: 'WAF_BLOCK' },
        { ...line, status: '200', backendStatus: '200' },
      ];
      const logGroupName = example.outputs.AccessLogGroupName;
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'by-hand' }));
      await logs.send(
        new PutLogEventsCommand({
          logGroupName,
          logStreamName: 'by-hand',
          logEvents: lines.map((one) => ({ timestamp: Date.now(), message: JSON.stringify(one) })),
        }),
      );

      const counts: Record<AccessLogMetric, number> = {
        Requests: 7,
        LimitedByGate: 0,
        GatewayThrottled: 3,
        BackendLimited: 1,
        WafBlocked: 2,
      };
      for (const [metric, count] of Object.entries(counts)) {
        expect([metric, await countOf(metric as AccessLogMetric, 'by-hand')]).toEqual([metric, count]);
      }
    });
  });
});
