import { readUnits, usdPerMillion, writeUnits } from '../../bench/proxy/billing.ts';

describe('billing', () => {
  test.each([
    [0, 0, 1],
    [0, 1, 1],
    [0, 1024, 1],
    [0, 1025, 2],
    [2048, 10, 2],
    [10, 2049, 3],
  ])('a write from %i to %i bytes: %i units, in a transaction twice that', (before, after, units) => {
    expect(writeUnits(before, after)).toBe(units);
    expect(writeUnits(before, after, true)).toBe(2 * units);
  });

  test.each([
    [0, 0.5],
    [4096, 0.5],
    [4097, 1],
    [12_289, 2],
  ])('an eventual read of %i bytes: %d units, a strong one twice, in a transaction four times that', (bytes, units) => {
    expect(readUnits(bytes, 'eventual')).toBe(units);
    expect(readUnits(bytes, 'strong')).toBe(2 * units);
    expect(readUnits(bytes, 'transaction')).toBe(4 * units);
  });

  test('a million decisions at two write units and half a read unit', () => {
    expect(usdPerMillion({ write: 2, read: 0.5 })).toBeCloseTo(2 * 0.625 + 0.5 * 0.125, 10);
  });
});
