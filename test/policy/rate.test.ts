import fc from 'fast-check';
import { parseRate, RATE_PATTERN, type Rate, rateText, spanText } from '../../lambda/policy/rate.ts';

describe('parseRate', () => {
  test.each<[string, number, number]>([
    ['1/second', 1, 1000],
    ['60/minute', 60, 60_000],
    ['60 / minute', 60, 60_000],
    ['1000/hours', 1000, 3_600_000],
    ['10/day', 10, 86_400_000],
    ['100/15 minutes', 100, 900_000],
    ['3/1 day', 3, 86_400_000],
    ['7/366 days', 7, 366 * 86_400_000],
    ['1000000/second', 1_000_000, 1000],
    ['86400000000/day', 86_400_000_000, 86_400_000],
  ])('%s', (text, limit, windowMs) => {
    expect(parseRate(text)).toEqual({ limit, windowMs });
  });

  test.each([
    ['100/calendar-day', 1, 'day'],
    ['100 / calendar-week', 7, 'week'],
    ['100/calendar-month', 31, 'month'],
  ] as const)('%s', (text, days, calendar) => {
    const rate = { limit: 100, windowMs: days * 86_400_000, calendar };
    expect(parseRate(text)).toEqual(rate);
    expect(rateText(rate)).toBe(text.replaceAll(' ', ''));
  });

  test.each<[unknown, string]>([
    [60, 'write 60/minute, or another unit'],
    [true, 'write 60/minute, for example'],
    ['', 'write 60/minute, for example'],
    ['sixty', 'write 60/minute, for example'],
    ['60/min', 'write 60/minute'],
    ['60/m', 'write 60/minute'],
    ['60/Minute', 'write 60/minute'],
    ['60 per minute', 'write 60/minute'],
    ['5/week', 'write 5/7 days, or 5/calendar-week'],
    ['5/month', 'write 5/30 days, or 5/calendar-month'],
    ['5/2 months', 'write 5/60 days'],
    ['5/calendar month', 'write 5/calendar-month'],
    ['5/Calendar-Months', 'write 5/calendar-month'],
    ['5/2 calendar-months', 'write 5/calendar-month'],
    ['5/calendar-year', 'use calendar-day, calendar-week or calendar-month'],
    ['0/calendar-day', 'write 10000/calendar-day'],
    ['86400000001/calendar-day', 'use at most 1000000/second, or leave the limit out'],
    ['060/minute', 'write 60/minute'],
    ['1,000/minute', 'write 1000/minute'],
    ['60/fortnight', 'use second, minute, hour, day or calendar-month'],
    ['1.5/minute', 'use a whole number; for less than 1 take a longer time (1/2 minutes)'],
    ['-1/minute', 'use a whole number; for less than 1 take a longer time (1/2 minutes)'],
    ['1/0.5 minutes', 'write 100/15 minutes, for example'],
    ['0/minute', 'use at least 1, or block the caller (`headgate block`)'],
    ['5/0 minutes', 'use at least 1'],
    ['1000001/second', 'use at most 1000000/second, or leave the limit out'],
    ['60000001/minute', 'use at most 1000000/second, or leave the limit out'],
    ['1/367 days', 'use a window of at most 366 days'],
  ])('%j is mended by %j', (value, mend) => {
    expect(parseRate(value)).toMatchObject({ code: 'HG109', mend });
  });

  test('reads what rateText writes, and only what the schema takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 100_000 }), (limit, seconds) => {
        const rate: Rate = { limit, windowMs: seconds * 1000 };
        expect(rateText(rate)).toMatch(RATE_PATTERN);
        expect(parseRate(rateText(rate))).toEqual(rate);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{0,3} ?\/ ?[0-9]{0,2} ?(second|minute|day|week)s?$/), (text) => {
        const read = parseRate(text);
        if ('limit' in read) expect(text).toMatch(RATE_PATTERN);
        else expect(read.code).toBe('HG109');
      }),
    );
  });
});

test.each([
  [1000, '1 second'],
  [60_000, '1 minute'],
  [90_000, '90 seconds'],
  [900_000, '15 minutes'],
  [172_800_000, '2 days'],
])('%d ms is %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});
