import path from 'node:path';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { OffenderReport } from '../../lambda/report/report.ts';
import { type AlarmMessages, listenToAlarms } from '../../local/alarm-messages.ts';
import { root, run } from '../../scripts/process.ts';
import { inFlight } from '../support/engine/in-flight.ts';
import { type Example, START_MS, startExample } from './support/example.ts';
import { waitUntil } from './support/wait-until.ts';

describe('a burst from one key, with IAM enforced', () => {
  let example: Example;
  let alarms: AlarmMessages;
  let reports: AlarmMessages;
  beforeAll(async () => {
    example = await startExample();
    const topics: Record<string, string> = example.outputs;
    const reportTopic = Object.keys(topics).find((key) => key.includes('HeadgateReportTopic'))!;
    alarms = await listenToAlarms(example.config, topics.AlarmTopicArn!, 'pages');
    reports = await listenToAlarms(example.config, topics[reportTopic]!, 'reports');
  }, START_MS);
  afterAll(() => example?.stop());

  test('the page arrives, then the offender report by the rejection log (Contributor Insights does not exist here, and the report says so): the client, its share, the command', async () => {
    const key = await example.addClient('acme', 'free');
    const write = (headers: Record<string, string>) =>
      example.rest('/notes', { method: 'POST', body: '{"text":"x"}', headers });
    const answers = await inFlight(80, 8, () => write({ 'x-api-key': key, 'x-forwarded-for': '192.0.2.5' }));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(60);
    // Metrics are gathered in the containers and written with a later request.
    let page: unknown;
    await waitUntil(async () => {
      await inFlight(8, 8, () => write({ 'x-api-key': key, 'x-forwarded-for': '192.0.2.5' }));
      page = await alarms.next(({ NewStateValue }) => NewStateValue === 'ALARM', 1000);
      return page !== undefined;
    }, 30_000);
    expect(page).toMatchObject({ AlarmName: example.outputs.PageAlarmName });

    const message: unknown = await reports.next(
      (message) => (message as unknown as OffenderReport).alarm.id === 'limited-rate',
      30_000,
    );
    const report = message as OffenderReport;
    expect(report).toMatchObject({
      version: 1,
      alarm: { name: example.outputs.LimitedAlarmName },
      kind: 'one-client',
      source: 'rejection-log',
      offenders: [
        { subject: 'client:acme', sharePercent: 100, tier: 'free', limits: ['write'], routes: ['POST /notes'] },
      ],
    });
    expect(report.offenders[0]!.usual).toEqual({ dayBefore: 0, weekBefore: 0 });
    expect(report.requests).toBeGreaterThan(0);
    expect(report.suggestions[0]!.command).toMatch(/^npx headgate block client:acme --for 1h --stack \S+$/);
    expect(report.missing).toEqual([expect.stringMatching(/^HG351: Contributor Insights could not be asked: /)]);
  }, 90_000);

  test('headgate drill sets an alarm off, tells when page and report arrived, and leaves nothing behind', async () => {
    const command = [path.join(root, 'bin', 'headgate.ts'), 'drill', '--alarm', 'failing-open', '--yes'];
    const { code, output } = await run(process.execPath, command, { env: example.aws.env });
    const gate = example.outputs.LimitedAlarmName.replace(/-limited-rate$/, '');
    expect(output).toContain(`The page goes to `);
    const timeline = output.split('\n').flatMap((line) => /^ +\d+\.\d s {2}(.*)$/.exec(line)?.[1] ?? []);
    expect([timeline[0], ...timeline.slice(1, 3).sort(), timeline[3]]).toEqual([
      `${gate}-failing-open is set to ALARM`,
      `the page: ${gate}-limiter-page is in ALARM`,
      expect.stringMatching(/^the report: /),
      `${gate}-failing-open is set to OK`,
    ]);
    expect(code).toBe(0);

    const sqs = new SQSClient(example.config);
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'headgate-drill' }));
    sqs.destroy();
    expect(QueueUrls).toEqual([]);
    const { MetricAlarms } = await example.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [`${gate}-failing-open`] }),
    );
    expect(MetricAlarms![0]!.StateValue).not.toBe('ALARM');
  }, 120_000);

  // Last: the counters do not come back.
  test('without its counters the gate lets through, and pages for that by itself', async () => {
    const gate = example.outputs.LimitedAlarmName.replace(/-limited-rate$/, '');
    // What the drill has sent is taken away first.
    for (const queue of [alarms, reports]) await queue.next(() => false, 3000);
    await example.dynamodb.send(new DeleteTableCommand({ TableName: example.outputs.CountersTableName }));
    let page: unknown;
    await waitUntil(async () => {
      const answers = await inFlight(24, 8, (i) =>
        example.rest('/notes', { headers: { 'x-forwarded-for': `198.51.100.${i}` } }),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      page = await alarms.next(
        ({ AlarmName, NewStateValue }) => AlarmName === `${gate}-limiter-page` && NewStateValue === 'ALARM',
        1000,
      );
      return page !== undefined;
    }, 90_000);
    expect(JSON.stringify(page)).toContain(`${gate}-failing-open`);

    const report = (await reports.next(
      (message) => (message as unknown as OffenderReport).alarm.id === 'failing-open',
      30_000,
    )) as unknown as OffenderReport;
    expect(report.kind).toBe('limiter');
    expect(JSON.stringify(report)).not.toContain('drill');
    expect(report.suggestions.map(({ command }) => command).join()).toContain('npx headgate doctor');
  }, 150_000);
});
