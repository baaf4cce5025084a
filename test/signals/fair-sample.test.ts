import { FairSample } from '../../lambda/signals/fair-sample.ts';
import { generator } from './generator.ts';

test('keeps all where there is room, and never more than fit', () => {
  const sample = new FairSample(3, generator(1));
  for (let value = 1; value <= 3; value++) sample.add(value);
  expect(sample.values).toEqual([1, 2, 3]);
  for (let value = 4; value < 100; value++) sample.add(value);
  expect(sample.values).toHaveLength(3);
});

test('every value is as likely to be kept as any other', () => {
  const random = generator(2);
  const kept = new Array<number>(50).fill(0);
  for (let run = 0; run < 5000; run++) {
    const sample = new FairSample(10, random);
    for (let value = 0; value < 50; value++) sample.add(value);
    for (const value of sample.values) kept[value]!++;
  }
  // 1,000 of 5,000 each, with a standard deviation of 28.
  for (const times of kept) expect(Math.abs(times - 1000)).toBeLessThan(170);
});
