import fc from 'fast-check';
import { Sampler } from '../../lambda/signals/sampler.ts';
import { generator } from './generator.ts';

const PER_SECOND = 20;

/** Events at these times, ms. */
function sample(times: readonly number[], random: () => number) {
  const sampler = new Sampler(PER_SECOND, random);
  return times.map((at) => sampler.represents(at));
}
const steady = (perSecond: number, seconds: number) =>
  Array.from({ length: perSecond * seconds }, (_, i) => (i * 1000) / perSecond);
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const lines = (values: readonly number[]) => values.filter((value) => value > 0).length;

test('up to its rate every event has its line', () => {
  expect(new Set(sample(steady(PER_SECOND - 1, 60), generator(1)))).toEqual(new Set([1]));
});

test.each([100, 1000, 5000])('%d events a second leave about its rate of lines', (rate) => {
  const late = sample(steady(rate, 60), generator(2)).slice(rate * 10);
  expect(lines(late) / 50).toBeLessThanOrEqual(PER_SECOND);
  expect(lines(late) / 50).toBeGreaterThan(PER_SECOND / 2);
});

test('whatever comes, lines are bounded, and stand for what came but for less than one part', () => {
  const gaps = fc.array(
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 5000 }), fc.constant(-500)),
    { minLength: 1, maxLength: 3000, size: 'max' },
  );
  fc.assert(
    fc.property(gaps, fc.integer(), (all, seed) => {
      let now = 0;
      let passed = 0;
      const times = all.map((gap) => {
        now += gap;
        passed += Math.max(0, gap);
        return now;
      });
      const written = sample(times, generator(seed));
      const n = times.length;
      expect(lines(written)).toBeLessThanOrEqual(
        PER_SECOND * (passed / 1000 + 1 + Math.log(Math.max(1, n / PER_SECOND))) + 1,
      );
      let came = 0;
      let stood = 0;
      let part = 1;
      for (const one of written) {
        came++;
        stood += one;
        part = Math.max(part, one, Math.ceil(came / PER_SECOND));
        expect(Math.abs(came - stood)).toBeLessThan(part);
      }
    }),
    { numRuns: 100 },
  );
});

test('fair: one offender among many is represented by its share, wherever it stands', () => {
  const random = generator(7);
  const share = [0, 0, 0];
  for (let run = 0; run < 300; run++) {
    const sampler = new Sampler(PER_SECOND, random);
    for (let i = 0; i < 3000; i++) share[i % 3]! += sampler.represents(i);
  }
  // 300,000 each; the standard deviation of such a sum is below 4,000.
  for (const one of share) expect(Math.abs(one - 300_000)).toBeLessThan(20_000);
  expect(Math.abs(sum(share) - 900_000)).toBeLessThan(300 * 50);
});
