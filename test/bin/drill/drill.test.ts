import type { Command } from 'commander';
import { register } from '../../../bin/commands/drill.ts';
import { findTarget } from '../../../bin/drill/drill-target.ts';
import { ListeningQueue } from '../../../bin/drill/listening-queue.ts';
import { run } from '../run.ts';
import { FakeAws, PAGES, REPORTS } from './fake-aws.ts';

let aws: FakeAws;
let answer: boolean | undefined;
let asked: number;
beforeEach(() => {
  aws = new FakeAws();
  answer = undefined;
  asked = 0;
});

/** The command line against the gate Shop of the fake AWS. */
function drill(...args: string[]) {
  const command = (program: Command) =>
    register(program, {
      prepare: async (id) => {
        const target = await findTarget({ cloudwatch: aws, sns: aws }, 'Shop', id, REPORTS);
        const queue = new ListeningQueue({ sqs: aws, sns: aws }, 'headgate-drill-1', target.alarmArn);
        return { target, parts: { cloudwatch: aws, queue, clock: () => aws.now } };
      },
      confirm: async () => {
        asked++;
        return answer;
      },
    });
  return run([command], ['drill', ...args]);
}

const SET_AND_BACK = ['Shop-limited-rate ALARM', 'Shop-limited-rate OK'];

test('the timeline: page and report with their times, then the alarm is set back and nothing is left', async () => {
  const { exitCode, out, err } = await drill('--yes');
  expect(out.split('\n')).toEqual([
    '   0.0 s  Shop-limited-rate is set to ALARM',
    '   1.2 s  the page: Shop-callers-page is in ALARM',
    '   4.8 s  the report: quiet, 0 requests turned away',
    '   4.8 s  Shop-limited-rate is set to OK',
    '',
  ]);
  expect(err).toContain('What was followed has arrived.');
  expect([exitCode, aws.states, aws.left]).toEqual([0, SET_AND_BACK, []]);
  for (const reason of aws.reasons) expect(reason).toMatch(/Drill by `headgate drill`.*: nothing has happened\./);
});

test('it says beforehand who hears of it, without their addresses', async () => {
  const { err } = await drill('--yes');
  expect(err).toContain('The page goes to pages: 1 https (1 not confirmed, which get nothing).');
  expect(err).toContain('The report goes to reports: nobody is subscribed.');
  expect(err).toContain('Nobody is subscribed to reports: in earnest nobody would be told.');
  expect(err).not.toContain('Nobody is subscribed to pages');
  expect(err).not.toMatch(/pager\.example|ann@/);
});

test.each([
  ['page', () => (aws.messageAfter = undefined), 'The page did not arrive within 30 s', ['message']],
  ['report', () => (aws.reportAfter = undefined), 'The report did not arrive within 30 s', ['report']],
])(
  'a %s that does not come: exit code 1, what it means, and everything is put back',
  async (_, breaks, text, missing) => {
    breaks();
    const { exitCode, err } = await drill('--yes', '--wait', '30s');
    expect(err).toContain(text);
    expect([exitCode, aws.states, aws.left]).toEqual([1, SET_AND_BACK, []]);
    // SQS waits for whole seconds.
    expect(Math.floor(aws.now / 1000)).toBe(30);
    const again = await drill('--yes', '--wait', '30s', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ ok: false, interrupted: false, missing });
  },
);

test('Ctrl-C ends the waiting and puts everything back', async () => {
  aws.reportAfter = undefined;
  let looks = 0;
  aws.onReceive = () => {
    // As the terminal would send it, to the listeners of the drill alone.
    if (++looks === 2) process.emit('SIGINT');
  };
  const listeners = process.listenerCount('SIGINT');
  const { exitCode, err } = await drill('--yes', '--wait', '10m');
  expect(err).toContain('Putting everything back.\nInterrupted; everything is as before.');
  expect([exitCode, aws.states, aws.left]).toEqual([1, SET_AND_BACK, []]);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});

test.each([
  ['CreateQueueCommand', 'could not make a queue', []],
  ['SubscribeCommand', `could not subscribe to ${PAGES}: AccessDenied`, []],
  ['ReceiveMessageCommand', 'could not read the queue', SET_AND_BACK],
])('a refused %s is said (HG283), and everything is put back', async (refused, text, states) => {
  aws.refused.add(refused);
  const { exitCode, err } = await drill('--yes');
  expect(err).toContain('HG283');
  expect(err).toContain(text);
  expect([exitCode, aws.states, aws.left]).toEqual([1, states, []]);
});

test('what cannot be removed is named (HG282), and the rest is removed', async () => {
  aws.refused.add('UnsubscribeCommand');
  const { exitCode, err } = await drill('--yes');
  expect(err).toContain('HG282');
  expect(err).toContain(`the subscription ${PAGES}:drill (AccessDenied)`);
  expect(err).toContain(`the subscription ${REPORTS}:drill (AccessDenied)`);
  expect([exitCode, aws.states, aws.queues.size]).toEqual([1, SET_AND_BACK, 0]);
});

test.each([
  [undefined, 2, 'HG201'],
  [false, 1, 'Nothing was set off.'],
])('without --yes it asks; the answer %p sets nothing off', async (given, code, text) => {
  answer = given;
  const { exitCode, err } = await drill();
  expect(err).toContain(text);
  expect([exitCode, asked, aws.states, aws.left]).toEqual([code, 1, [], []]);
});

test('a yes at the terminal sets it off', async () => {
  answer = true;
  expect((await drill()).exitCode).toBe(0);
  expect(aws.states).toEqual(SET_AND_BACK);
});

test('--dry-run changes nothing, and says who would hear of it', async () => {
  const { exitCode, out } = await drill('--dry-run', '--json');
  expect(JSON.parse(out)).toMatchObject({
    dryRun: true,
    heardAs: 'Shop-callers-page',
    severity: 'page',
    topic: { arn: PAGES, receivers: { confirmed: { https: 1 }, unconfirmed: 1 } },
  });
  expect([exitCode, asked, aws.states, aws.left]).toEqual([0, 0, [], []]);
});

test('an alarm without a group is heard as itself', async () => {
  const { exitCode, out } = await drill('--yes', '--alarm', 'quota-near');
  expect(out).toContain('the ticket: Shop-quota-near is in ALARM');
  expect(exitCode).toBe(0);
});

test('a ticket that waits for its page is not followed; the report is', async () => {
  const { exitCode, out, err } = await drill('--yes', '--alarm', 'one-limited');
  expect(err).toContain('The ticket is not followed: it waits 300 s for the page of the same cause');
  expect(out).toContain('the report: quiet');
  expect([exitCode, aws.left]).toEqual([0, []]);
});

test('a ticket that waits, without a report, leaves nothing to follow (HG280)', async () => {
  const one = findTarget({ cloudwatch: aws, sns: aws }, 'Shop', 'one-limited', undefined);
  await expect(one).rejects.toThrow(/HG280: .*nothing could be followed/);
});

test.each([
  ['is on itself', () => (aws.metricAlarms[0]!.StateValue = 'ALARM'), 'HG281'],
  ['is on as its group', () => (aws.compositeAlarms[0]!.StateValue = 'ALARM'), 'HG281'],
  ['does not exist', () => aws.metricAlarms.shift(), 'HG280'],
  ['sends to no topic', () => (aws.compositeAlarms[0]!.AlarmActions = []), 'HG280'],
  ['is switched off', () => (aws.compositeAlarms[0]!.ActionsEnabled = false), 'HG280'],
])('an alarm that %s is not set off', async (_, breaks, code) => {
  breaks();
  const { exitCode, err } = await drill('--yes');
  expect(err).toContain(code);
  expect([exitCode, aws.states, aws.left]).toEqual([1, [], []]);
});

test.each([
  [['--alarm', 'fire'], 'there is no alarm `fire`'],
  [['--wait', 'long'], '`long` is no time'],
  [['--wait', '1h'], 'at most 600s'],
])('%j is wrong usage', async (args, text) => {
  const { exitCode, err } = await drill('--yes', ...args);
  expect(err).toContain(text);
  expect([exitCode, aws.states]).toEqual([2, []]);
});
