import fc from 'fast-check';
import { periodsOf } from '../../../lambda/limiter/cells/periods.ts';

const DAY = 86_400_000;
const period = (calendar: 'day' | 'week' | 'month') => periodsOf({ calendar, windowMs: DAY });

describe('periods of the calendar, UTC', () => {
  test.each([
    ['month', '2027-02-28T23:59:59.999Z', '2027-02-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'],
    ['month', '2028-02-29T12:00:00.000Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['month', '2027-12-31T23:59:59.999Z', '2027-12-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'],
    // A Monday; the ISO week of a Friday that is New Year's Day began in the old year.
    ['week', '2027-01-04T00:00:00.000Z', '2027-01-04T00:00:00.000Z', '2027-01-11T00:00:00.000Z'],
    ['week', '2027-01-01T10:00:00.000Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    ['week', '2027-01-03T23:59:59.999Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    ['day', '2027-03-28T01:30:00.000Z', '2027-03-28T00:00:00.000Z', '2027-03-29T00:00:00.000Z'],
  ] as const)('the %s of %s', (calendar, time, start, end) => {
    const periods = period(calendar);
    const at = periods.at(Date.parse(time));
    expect(new Date(periods.start(at)).toISOString()).toBe(start);
    expect(new Date(periods.start(at + 1)).toISOString()).toBe(end);
  });

  test('every instant lies in its period, and periods follow one another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('day', 'week', 'month' as const),
        fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }),
        (calendar, time) => {
          const periods = period(calendar);
          const at = periods.at(time);
          const [start, end] = [periods.start(at), periods.start(at + 1)];
          expect(start <= time && time < end).toBe(true);
          expect(periods.at(start)).toBe(at);
          expect(periods.at(end)).toBe(at + 1);
          expect(periods.at(start - 1)).toBe(at - 1);
        },
      ),
    );
  });

  test('without calendar: whole multiples of the window', () => {
    const periods = periodsOf({ windowMs: 60_000 });
    expect(periods.at(119_999)).toBe(1);
    expect(periods.start(2)).toBe(120_000);
  });
});
