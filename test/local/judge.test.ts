import type { Batch } from '../../local/demo/callers.ts';
import type { Expectation } from '../../local/demo/expectation.ts';
import { judge } from '../../local/demo/judge.ts';
import { rowOf, tableOf } from '../../local/demo/table.ts';
import type { Answer, Outcome } from '../../local/demo/traffic.ts';

const BATCH: Batch = {
  caller: { name: 'no key', address: '198.51.100.1' },
  api: 'REST',
  method: 'POST',
  path: '/login',
  template: '/login',
  count: 3,
};
const AT = 1_700_000_000_000;
const RESET = String(AT / 1000 + 30);

function answer(status: number, remaining: number, more: Record<string, string> = {}): Answer {
  const headers = new Headers({
    'x-ratelimit-limit': '2',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': RESET,
    ...(status === 429 && { 'retry-after': '12' }),
    ...more,
  });
  return { status, headers, sentAt: AT, answeredAt: AT + 5 };
}
const outcome = (...answers: Answer[]): Outcome => ({ batch: BATCH, answers, span: { from: AT, to: AT + 5 } });
const TWO: Expectation = { allowed: { least: 2, most: 2 }, sizes: [2] };
const GOOD = outcome(answer(200, 1), answer(200, 0), answer(429, 0));

describe('judging what came back', () => {
  test('nothing to object to', () => expect(judge(GOOD, TWO)).toEqual([]));

  test.each<[string, Outcome, Expectation, string]>([
    [
      'one too many passed',
      outcome(answer(200, 1), answer(200, 0), answer(200, 0)),
      TWO,
      '2 of 3 must pass, but 3 did',
    ],
    ['one too few passed', outcome(answer(200, 1), answer(429, 0), answer(429, 0)), TWO, '2 of 3 must pass, but 1 did'],
    [
      'another status',
      outcome(answer(200, 1), answer(200, 0), answer(500, 0)),
      TWO,
      'must be 2xx or 429, but there were 500',
    ],
    [
      'a 429 without Retry-After',
      outcome(answer(200, 1), answer(200, 0), answer(429, 0, { 'retry-after': '' })),
      TWO,
      'answer 3 (429): Retry-After is ',
    ],
    [
      'a 429 that may be retried at once',
      outcome(answer(200, 1), answer(200, 0), answer(429, 0, { 'retry-after': '0' })),
      TWO,
      'Retry-After is 0',
    ],
    [
      'a 429 with something left',
      outcome(answer(200, 1), answer(200, 0), answer(429, 1)),
      TWO,
      'X-RateLimit-Remaining of a 429 is 1',
    ],
    ['the size of no limit', GOOD, { ...TWO, sizes: [5] }, 'X-RateLimit-Limit is 2, allowed: 5'],
    [
      'a reset in the past',
      outcome(answer(200, 1, { 'x-ratelimit-reset': '1600000000' }), answer(200, 0), answer(429, 0)),
      TWO,
      'X-RateLimit-Reset is 1600000000',
    ],
    [
      'no header',
      outcome(answer(200, 1, { 'x-ratelimit-remaining': 'x' }), answer(200, 0), answer(429, 0)),
      TWO,
      'X-RateLimit-Remaining is NaN of 2',
    ],
    [
      'not turned away',
      GOOD,
      { allowed: { least: 0, most: 0 }, refused: 401, sizes: [] },
      'every answer must be 401, but there were 200, 200, 429',
    ],
  ])('%s', (_, came, expected, text) => {
    const objections = judge(came, expected);
    expect(objections).not.toEqual([]);
    for (const objection of objections) {
      expect(objection).toContain('no key, REST POST /login: ');
      expect(objection).toContain(text);
    }
  });
});

test('the table counts what came back and shows the last answer', () => {
  const row = rowOf(GOOD);
  expect(row).toMatchObject({ sent: 3, allowed: 2, limited: 1, refused: 0, last: { status: 429 } });
  const text = tableOf([row]);
  for (const shown of [
    'no key',
    'POST /login',
    'Retry-After: 12',
    'X-RateLimit-Limit: 2',
    `X-RateLimit-Reset: ${RESET}`,
  ]) {
    expect(text).toContain(shown);
  }
});
