import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { drillReason } from '../../bin/drill/run-drill.ts';
import { readInsights } from '../../lambda/report/insight-source.ts';
import { makeReport, type ReportParts, type Source } from '../../lambda/report/make-report.ts';
import { reportText, subjectLine } from '../../lambda/report/report-text.ts';
import { change, evidenceOf, GATE, recordedAnswer } from './support.ts';

const AT = change().at;
const DAY = 24 * 3_600_000;
const never: Source = () => Promise.reject(new Error('must not be asked'));

/** Contributor Insights by recorded answers: one for the alarm's time, one for all times before. */
function insights(now: string, before = 'insights-empty.json'): Source {
  const send = async ({ input }: { input: { RuleName: string; EndTime: Date } }) => {
    const answers = recordedAnswer(input.EndTime.getTime() >= AT ? now : before) as Record<string, unknown>;
    return answers[input.RuleName.slice(GATE.length + 1)];
  };
  return (range, details) => readInsights({ send } as unknown as CloudWatchClient, GATE, range, details);
}

const PARTS: ReportParts = {
  gate: GATE,
  stack: 'Shop',
  logGroup: 'the-log',
  dashboard: 'Shop-Headgate',
  clock: () => AT + 3000,
  sleep: async () => undefined,
  insights: never,
  log: never,
  nearQuotas: () => Promise.reject(new Error('must not be asked')),
};

function make(id: string, parts: Partial<ReportParts>) {
  const waited: number[] = [];
  const report = makeReport(change(id), { ...PARTS, sleep: async (ms) => waited.push(ms), ...parts });
  return report.then((made) => ({ report: made, text: reportText(made), waited }));
}

test('by Contributor Insights: who with share, tier, routes, since when and the usual; what kind; the command', async () => {
  const source = insights('insights-one-client.json', 'insights-day-before.json');
  const { report, text } = await make('limited-rate', { insights: source });
  expect(report).toMatchObject({
    kind: 'one-client',
    source: 'contributor-insights',
    requests: 1904,
    subjects: 3,
    missing: [],
    offenders: [
      {
        subject: 'client:acme',
        requests: 1853,
        sharePercent: 97.3,
        tier: 'free',
        limits: ['write', 'client'],
        routes: ['POST /notes', 'GET /notes'],
        since: '2026-11-24T02:51:00.000Z',
        usual: { dayBefore: 12, weekBefore: 12 },
      },
      { subject: 'address:203.0.113.9', sharePercent: 2.3, usual: { dayBefore: 0, weekBefore: 0 } },
      { subject: 'client:beta' },
    ],
  });
  expect(report.again).toBeUndefined();
  expect(text).toContain('client:acme  97.3 % (1853), usually: 12 the day before, 12 the week before');
  expect(text).toContain('tier free; limit write, client; on POST /notes, GET /notes; since 02:51:00');
  expect(text).toContain('  npx headgate block client:acme --for 1h --stack Shop\n');
  expect(text).toContain('\nDO (with credentials for account 123456789012, region eu-central-1)\n');
  // Tighter for everybody, because of one, would be one more trouble.
  expect(text).not.toContain('override');
  expect(text).not.toContain('NOT FOUND OUT');
});

test('a drill is called one in the first line and the subject', async () => {
  const log: Source = async () => evidenceOf(['client:acme', 9]);
  const reason = drillReason('ann');
  const report = await makeReport({ ...change('failing-open'), reason }, { ...PARTS, log });
  expect(report.drill).toBe(true);
  expect(reportText(report)).toContain('\nTURNED AWAY MEANWHILE, NOT THE CAUSE (');
  expect(reportText(report)).toMatch(/^THIS IS A DRILL: /);
  expect(subjectLine(report)).toBe('Headgate DRILL: failing-open: the limiter itself');
  const earnest = await makeReport(change('failing-open'), { ...PARTS, log });
  expect(`${reportText(earnest)}${subjectLine(earnest)}${'drill' in earnest}`).not.toMatch(/drill|true/i);
});

test('a reason that says drill does not hide what happens meanwhile: whoever may set an alarm may write it', async () => {
  const reason = drillReason('mallory');
  const textWith = async (evidence: ReturnType<typeof evidenceOf>) => {
    const log = async () => evidence;
    return reportText(await makeReport({ ...change('limited-rate'), reason }, { ...PARTS, insights: log, log }));
  };
  const attacked = await textWith(evidenceOf(['address:192.0.2.1', 900]));
  expect(attacked).toMatch(/^THIS IS A DRILL.*\. All the same, 900 requests were turned away: see below\.\n/);
  expect(await textWith(evidenceOf())).toMatch(/^THIS IS A DRILL: .*nobody was turned away\.\n/);
});

test.each(['Shop; reboot', '$(id)', ''])('a stack named %j is not typed into a command', async (stack) => {
  const { report } = await make('failing-open', { stack, log: async () => evidenceOf(['client:acme', 9]) });
  expect(report.suggestions.map(({ command }) => command)).toEqual(['npx headgate doctor', 'npx headgate status']);
});

test('stuffing from 503 addresses: many addresses, the route, and the limit to make tighter', async () => {
  const { report, text } = await make('many-limited', { insights: insights('insights-stuffing.json') });
  expect(report.kind).toBe('many-addresses');
  expect(text).toContain('Many addresses: 503 clients and addresses share 10480 requests turned away');
  expect(text).toContain('on POST /login');
  expect(text).toContain('npx headgate override sign-in --rate 1/minute --for 1h --stack Shop');
  expect(text).toContain('and 498 more');
  expect(text).not.toContain('headgate block');
});

test.each([
  [['client', 'sign-in'], 'override sign-in --rate'],
  [['client'], 'override sign-in --own --rate'],
  [undefined, 'override sign-in --rate'],
])('of the gate’s limits %j: %s', async (limits, command) => {
  const { text } = await make('many-limited', { insights: insights('insights-stuffing.json'), limits });
  expect(text).toContain(`npx headgate ${command} 1/minute --for 1h --stack Shop`);
  expect(text).toContain(`npx headgate ${command.replace(/ --rate$/, '')} --remove`);
});

test('where Contributor Insights fails, the report says so and goes by the log, also for what is usual', async () => {
  const asked: number[] = [];
  const log: Source = async ({ to }) => {
    asked.push(to);
    return to < AT - 2 * DAY ? evidenceOf() : evidenceOf(['client:acme', 9], ['client:beta', 1]);
  };
  const failing = () => Promise.reject(Object.assign(new Error('no\nrule'), { name: 'ResourceNotFoundException' }));
  const { report, text } = await make('limited-rate', { insights: failing, log });
  expect(report).toMatchObject({ kind: 'one-client', source: 'rejection-log' });
  expect(report.missing).toEqual([
    'HG351: Contributor Insights could not be asked: ResourceNotFoundException: no?rule.',
  ]);
  expect(report.offenders[0]!.usual).toEqual({ dayBefore: 9, weekBefore: 0 });
  expect(asked).toEqual([AT + 3000, AT + 3000 - DAY, AT + 3000 - 7 * DAY]);
  expect(text).toMatch(/NOT FOUND OUT\n {2}HG351: /);
});

test('lines that arrive late are waited for once', async () => {
  let asked = 0;
  const log: Source = async () => (asked++ === 0 ? evidenceOf() : evidenceOf(['client:acme', 9]));
  const { report, waited } = await make('limited-rate', { insights: insights('insights-empty.json'), log });
  expect(report).toMatchObject({ kind: 'one-client', source: 'rejection-log' });
  expect(waited).toEqual([5000]);
});

test('nobody found is said, and nothing is compared', async () => {
  const log: Source = async () => evidenceOf();
  const { report, text } = await make('limited-rate', { insights: insights('insights-empty.json'), log });
  expect(report).toMatchObject({ kind: 'unknown', requests: 0, offenders: [], missing: [] });
  expect(text).toContain('Nobody was found who was turned away in this time.');
});

test('where every source fails, each is named and the report still says what can be done', async () => {
  const { report, text } = await make('limited-rate', {});
  expect(report).toMatchObject({ kind: 'unknown', offenders: [] });
  expect(report.missing.map((sentence) => sentence.slice(0, 6))).toEqual(['HG351:', 'HG352:']);
  expect(text).toContain('Who it is could not be found out: no source answered.');
  expect(text).toContain('npx headgate status');
});

test('an alarm on those who are turned away without identity goes by the log: the rules count limited requests only', async () => {
  const log: Source = async () => evidenceOf(['address:192.0.2.7', 30]);
  const { report } = await make('unauthorized-rate', { log });
  expect(report).toMatchObject({ kind: 'one-address', source: 'rejection-log' });
  expect(report.missing).toEqual([]);
});

test('an alarm on the limiter blames no caller', async () => {
  const log: Source = async () => evidenceOf(['client:acme', 9]);
  const { report, text } = await make('failing-open', { log });
  expect(report.kind).toBe('limiter');
  expect(report.suggestions.map(({ command }) => command)).toEqual([
    'npx headgate doctor --stack Shop',
    'npx headgate status --stack Shop',
  ]);
  expect(text).toContain('Callers are not the cause');
});

test('an alarm that was quiet for less than 10 minutes is reported again, and the report says so', async () => {
  const again = { ...change(), quietSince: AT - 9 * 60_000 };
  const log: Source = async () => evidenceOf(['client:acme', 9]);
  const parts = {
    gate: GATE,
    logGroup: 'l',
    dashboard: 'd',
    clock: () => AT,
    sleep: async () => {},
    insights: log,
    log,
    nearQuotas: PARTS.nearQuotas,
  };
  const report = await makeReport(again, parts);
  expect(report.again).toBe(true);
  expect(reportText(report)).toContain('quiet for less than 10 minutes');
});
