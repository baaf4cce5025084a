import { readRejection, rejectionPattern } from '../../lambda/report/rejection.ts';
import { recorded } from './support.ts';

test('lines with and without the newer fields are read, all others are not', () => {
  const lines = recorded('rejections.jsonl').trim().split('\n');
  expect(lines.map((line, i) => readRejection(line, i))).toEqual([
    {
      at: 0,
      event: 'limited',
      subject: 'client:acme',
      limit: 'write',
      tier: 'free',
      route: 'POST /notes',
      represents: 1,
      failure: false,
    },
    expect.objectContaining({ at: 1, subject: 'client:acme', represents: 58 }),
    undefined,
    expect.objectContaining({ at: 3, subject: 'address:203.0.113.9', limit: 'sign-in', represents: 1 }),
    undefined,
    undefined,
  ]);
});

test('a denial for want of counters is a failure', () => {
  const line = (record: object) => readRejection(JSON.stringify({ address: '192.0.2.1', ...record }), 0)?.failure;
  expect(line({ event: 'failed-closed' })).toBe(true);
  expect(line({ event: 'limited', failure: 'deadline' })).toBe(true);
  expect(line({ event: 'limited' })).toBe(false);
});

test('garbage is no rejection, and a number that is none counts as one', () => {
  for (const line of ['', '{', 'null', '{"event":7}', `{"event":"limited","x":"${'x'.repeat(30_000)}"}`]) {
    expect(readRejection(line, 0)).toBeUndefined();
  }
  for (const represents of [-1, 0, 1.5, 'many', null, {}, Number.MAX_VALUE.toString()]) {
    expect(readRejection(JSON.stringify({ event: 'limited', represents }), 0)?.represents).toBeGreaterThanOrEqual(1);
  }
  expect(readRejection('{"event":"limited"}', 0)?.subject).toBe('address:?');
});

test('what a caller can choose is made safe to show', () => {
  const route = 'GET /\u001b[31m"x"\u202e\n';
  expect(readRejection(JSON.stringify({ event: 'limited', route }), 0)?.route).toBe("GET /?[31m'x'??");
});

test('the pattern for the log names the events', () => {
  expect(rejectionPattern(['limited', 'blocked'])).toBe('{ $.event = "limited" || $.event = "blocked" }');
});
