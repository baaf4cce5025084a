import { ITEMS, simulateAcrossItems } from '../../bench/across-items.ts';

jest.setTimeout(60_000);

/** Client, address, route and everything on each request, 32 containers, virtual time: the same figures everywhere. */
describe('a request of four items, of which one denies half', () => {
  test.each(ITEMS)(
    '%s denies: each item is written at most as often as it needs, the denier is used up',
    async (denier) => {
      const result = await simulateAcrossItems(denier, 20);
      expect(result.decisions).toBeGreaterThan(2500);
      // A second write to an item only after a failed condition.
      expect(result.writesPerItem).toBeLessThanOrEqual(2);
      expect(result.writesPerDecision).toBeLessThan(ITEMS.length);
      expect(result.admitted).toBeGreaterThan(0.42);
      expect(result.admitted).toBeLessThanOrEqual(0.66);
      // What the denier counts it has let through, but for the leases of its own.
      expect(result.stranded[denier]).toBeLessThan(0.1);
      for (const item of ITEMS) expect(result.stranded[item]).toBeLessThan(0.5);
    },
  );
});
