import fc from 'fast-check';
import { StoreClock } from '../../lambda/store/store-clock.ts';

const header = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toUTCString();

describe('StoreClock', () => {
  test('a clock that is right is never touched, wherever in its second an answer is made', async () => {
    const times = fc.record({ at: fc.integer({ min: 0, max: 5000 }), there: fc.nat(300), back: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(times), (answers) => {
        const clock = new StoreClock(() => 0);
        for (const { at, there, back } of answers) {
          const sent = 1.8e12 + at;
          clock.observe(header(sent + there), sent, sent + there + back);
        }
        expect(clock.correctionMs).toBe(0);
      }),
    );
  });

  test('a clock that is wrong comes as close as a second and the way explain, and never overshoots', () => {
    const times = fc.record({ at: fc.integer({ min: 0, max: 60_000 }), there: fc.nat(200), back: fc.nat(200) });
    const answers = fc.array(times, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), answers, (error, all) => {
        const clock = new StoreClock(() => 0);
        for (const { at, there, back } of all) {
          const sent = 1.8e12 + at;
          clock.observe(header(sent + there - error), sent, sent + there + back);
        }
        expect(Math.abs(clock.correctionMs)).toBeLessThanOrEqual(Math.abs(error));
        expect(Math.abs(-error - clock.correctionMs)).toBeLessThanOrEqual(1000 + 400);
      }),
    );
  });

  test('is right to some tens of milliseconds after answers from all over a second', () => {
    const own = 1.8e12;
    const clock = new StoreClock(() => own);
    for (let i = 0; i < 50; i++) clock.observe(header(own + i * 1020 - 30_000), own + i * 1020, own + i * 1020 + 10);
    expect(clock.now()).toBeGreaterThanOrEqual(own - 30_000);
    expect(clock.now()).toBeLessThan(own - 30_000 + 50);
  });

  test('a correction of more than five minutes is not believed, nor is nonsense', () => {
    const clock = new StoreClock(() => 0);
    for (const date of [header(1.8e12 + 400_000), header(1.8e12 - 400_000), 'soon', '', undefined]) {
      clock.observe(date, 1.8e12, 1.8e12 + 10);
    }
    clock.observe(header(1.8e12 + 5000), 1.8e12 + 10, 1.8e12);
    expect(clock.correctionMs).toBe(0);
  });

  test('an own clock that goes back makes the time stand still, and the next answer puts it right', () => {
    let own = 1.8e12;
    const clock = new StoreClock(() => own);
    const before = clock.now();
    own -= 30_000;
    expect(clock.now()).toBe(before);
    own += 500;
    expect(clock.now()).toBe(before + 500);
    clock.observe(header(1.8e12 + 4000), own - 10, own);
    expect(clock.now()).toBeGreaterThanOrEqual(1.8e12 + 4000);
    expect(clock.now()).toBeLessThan(1.8e12 + 5010);
  });
});
