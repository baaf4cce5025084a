import { register } from '../../bin/commands/doctor.ts';
import type { Examination } from '../../lambda/doctor/finding.ts';
import { run } from './run.ts';

const EXAMINATION: Examination = {
  ok: false,
  gate: 'Shop.Gate',
  findings: [
    { area: 'store', subject: 'Counters', ok: true, text: 'all 30 assumptions about DynamoDB hold' },
    { area: 'api', subject: 'REST API a1', ok: false, text: 'POST /login does not ask the gate', todo: 'attach again' },
    { area: 'function', subject: 'authorizer', ok: true, text: 'runs' },
  ],
};
const HEALTHY: Examination = { ...EXAMINATION, ok: true, findings: EXAMINATION.findings.filter(({ ok }) => ok) };
const asking = (examination: Examination, asked: (string | undefined)[] = []) => [
  (program: Parameters<typeof register>[0]) =>
    register(program, async (stack) => {
      asked.push(stack);
      return examination;
    }),
];

test('one line for each finding, function and APIs first, with what to do; exit code 1', async () => {
  const asked: (string | undefined)[] = [];
  const { exitCode, out, err } = await run(asking(EXAMINATION, asked), ['doctor', '--stack', 'Shop']);
  expect(out).toBe(
    [
      'ok      authorizer: runs',
      'not ok  REST API a1: POST /login does not ask the gate',
      '        to do  attach again',
      'ok      Counters: all 30 assumptions about DynamoDB hold',
      '',
    ].join('\n'),
  );
  expect(err).toContain('Shop.Gate: 1 of 3 not as deployed.');
  expect([exitCode, asked]).toEqual([1, ['Shop']]);
});

test('exit code 0 where everything is as deployed', async () => {
  const { exitCode, err } = await run(asking(HEALTHY), ['doctor']);
  expect(exitCode).toBe(0);
  expect(err).toContain('Shop.Gate: everything is as deployed.');
});

test('--json prints the examination and nothing else', async () => {
  const { exitCode, out, err } = await run(asking(EXAMINATION), ['doctor', '--json']);
  expect(JSON.parse(out)).toEqual(EXAMINATION);
  expect([exitCode, err]).toEqual([1, '']);
});
