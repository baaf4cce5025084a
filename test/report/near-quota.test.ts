import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { makeReport, type ReportParts } from '../../lambda/report/make-report.ts';
import { messageOf } from '../../lambda/report/message.ts';
import { readNearQuotas } from '../../lambda/report/near-quota.ts';
import { reportText, subjectLine } from '../../lambda/report/report-text.ts';
import { nearQuotaLog } from '../../lambda/signals/near-quota-log.ts';
import { change, GATE } from './support.ts';

const AT = change().at;
const never = () => Promise.reject(new Error('must not be asked'));

/** The lines that containers write for subjects that cross 80 % of a limit. */
function linesOf(subjects: readonly string[], random = () => 0): string[] {
  const lines: string[] = [];
  const log = nearQuotaLog(
    (level, message, more) => lines.push(JSON.stringify({ level, message, ...more })),
    () => AT,
    random,
  );
  for (const subject of subjects) {
    const status = { name: 'monthly', subject, limit: 1000, remaining: 199, resetAt: Date.UTC(2026, 11, 1) };
    log({ ...status, mode: 'enforce', windowMs: 1, allowed: true });
  }
  return lines;
}

function report(lines: readonly string[] | Error, id = 'quota-near') {
  const asked: (string | undefined)[] = [];
  const send = async ({ input }: { input: { filterPattern?: string } }) => {
    asked.push(input.filterPattern);
    if (lines instanceof Error) throw lines;
    return { events: lines.map((message) => ({ message, timestamp: AT })) };
  };
  const client = { send } as unknown as CloudWatchLogsClient;
  const parts: ReportParts = {
    gate: GATE,
    stack: 'Shop',
    logGroup: 'the-log',
    dashboard: 'd',
    clock: () => AT,
    sleep: never,
    insights: never,
    log: never,
    nearQuotas: (range) => readNearQuotas({ client, logGroup: 'the-log', clock: () => AT, patience: 1000 }, range),
  };
  return makeReport(change(id), parts).then((made) => ({ made, asked, text: reportText(made) }));
}

test('the report of a quota that is nearly used up names whose it is, how much, until when', async () => {
  const { made, asked, text } = await report(linesOf(['client:acme', 'address:192.0.2.1']));
  expect(made).toMatchObject({
    kind: 'near-quota',
    nearQuotaCount: 2,
    nearQuotas: [
      { subject: 'client:acme', limit: 'monthly', used: 801, allowed: 1000, resetAt: '2026-12-01T00:00:00.000Z' },
      { subject: 'address:192.0.2.1' },
    ],
    missing: [],
  });
  expect(asked).toEqual(['{ $.event = "quota-near" }']);
  expect(text).toContain('Near a quota: client:acme and 1 more.');
  expect(text).toContain('  client:acme 801 of 1000 (80 %), limit monthly, until 2026-12-01\n');
  expect(text).not.toContain('nobody was found');
  expect(text).toContain('  npx headgate client show acme --stack Shop\n');
  expect(subjectLine(made)).toBe('Headgate report: quota-near: near a quota');
});

test('very many clients at once are a few lines that stand for all, and a short report', async () => {
  const lines = linesOf(Array.from({ length: 2000 }, (_, i) => `client:c${i}`));
  expect(lines.length).toBeLessThan(60);
  const { made, text } = await report(lines);
  const sum = lines.reduce((total, line) => total + JSON.parse(line).represents, 0);
  expect(made.nearQuotaCount).toBe(sum);
  expect(made.nearQuotas).toHaveLength(5);
  expect(text).toContain(`  and ${sum - 5} more\n`);
  for (const body of Object.values(messageOf(made, 'amazon-q').bodies)) {
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(8192);
  }
});

test('only what has a key of the registry is put into a command, and lines of others are not believed', async () => {
  for (const subject of ['client:jwt:auth0=7C', 'client:$(reboot)', 'all']) {
    expect((await report(linesOf([subject]))).text).not.toContain('client show');
  }
  const odd = [
    '{"event":"quota-near"}',
    '{"event":"quota-near","subject":"client:a","limit":"x","used":1,"allowed":0}',
    'x',
  ];
  expect((await report(odd)).made).toMatchObject({ kind: 'unknown', nearQuotaCount: 0 });
});

test('nobody found, or a log that cannot be read, is said', async () => {
  expect((await report([])).text).toContain('Nobody was found who came near a quota in this time.');
  const { made, text } = await report(new Error('denied'));
  expect(made.missing).toEqual(['HG352: The log could not be asked: Error: denied.']);
  expect(text).toContain('NOT FOUND OUT');
});
