import { asked, charge, fixedWindow, slidingWindow } from './budgets.ts';
import { setup } from './setup.ts';

const CEILING = fixedWindow(1000, 1000, 'cei');
const shared = (budget = CEILING, cost = 1, subject = 'all') => ({
  ...asked(subject, charge(budget, { cost })),
  shared: true,
});
const used = (bed: ReturnType<typeof setup>) =>
  bed.memory.items.get('all')?.[`cei.${Math.floor(bed.now / 1000).toString(36)}`] ?? 0;

/** Brings a container's demand up to about `perSecond`, in the second before the test. */
async function busy(bed: ReturnType<typeof setup>, limiter: ReturnType<typeof bed.limiter>, cost = 1) {
  for (let i = 0; i < 50; i++) {
    await limiter.decide([shared(CEILING, cost)]);
    bed.now += 20;
  }
  bed.written.length = 0;
}

describe('leases of a shared subject', () => {
  test('a busy container takes ahead what it will need, and pays from memory', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await busy(bed, limiter);
    let writes = 0;
    for (let i = 0; i < 50; i++) {
      const verdict = await limiter.decide([shared()]);
      expect(verdict.allowed).toBe(true);
      writes += verdict.writes;
      if (i < 49) bed.now += 20;
    }
    expect(writes).toBeLessThanOrEqual(15);
    expect(used(bed)).toBeGreaterThanOrEqual(50);
    expect(used(bed)).toBeLessThanOrEqual(50 + 50);
  });

  test('a lone request takes nothing ahead, nor does a subject that is not shared', async () => {
    const bed = setup();
    await bed.limiter().decide([shared()]);
    expect(used(bed)).toBe(1);
    const limiter = bed.limiter();
    for (let i = 0; i < 20; i++) {
      expect(await limiter.decide([asked('client:a', charge(CEILING))])).toMatchObject({ writes: 1 });
    }
  });

  test('at most a tenth of what is left is taken ahead', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    for (let i = 0; i < 200; i++) await limiter.decide([shared(fixedWindow(100, 1000, 'cei'))]);
    bed.now += 1000;
    const before = used(bed);
    await limiter.decide([shared(fixedWindow(100, 1000, 'cei'))]);
    expect(used(bed) - before).toBe(1 + 10);
  });

  test('it ends with its epoch', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await busy(bed, limiter);
    await limiter.decide([shared()]);
    expect(await limiter.decide([shared()])).toMatchObject({ writes: 0 });
    bed.now += 1000;
    expect(await limiter.decide([shared()])).toMatchObject({ writes: 1 });
  });

  test('it pays for its own cells and costs only', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await busy(bed, limiter);
    await limiter.decide([shared()]);
    expect(await limiter.decide([shared(CEILING, 2)])).toMatchObject({ writes: 1 });
    const more = { ...asked('all', charge(CEILING), charge(fixedWindow(9, 1000, 'two'))), shared: true };
    expect(await limiter.decide([more])).toMatchObject({ writes: 1 });
    expect(await limiter.decide([shared()])).toMatchObject({ writes: 0 });
  });

  test('of many requests at once few write, and what was asked for is not asked for again', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await busy(bed, limiter);
    const verdicts = await Promise.all(Array.from({ length: 40 }, () => limiter.decide([shared()])));
    expect(verdicts.every(({ allowed }) => allowed)).toBe(true);
    expect(verdicts.reduce((sum, { writes }) => sum + writes, 0)).toBeLessThanOrEqual(2);
    expect(used(bed)).toBeLessThanOrEqual(40 + 90);
  });

  test('those who waited for a write that failed ask for themselves', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await busy(bed, limiter);
    let failures = 0;
    bed.before = () => {
      if (failures++ === 0) throw new Error('a fault');
    };
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => limiter.decide([shared()])));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });

  test('what another subject denies goes back, and is no demand for the ceiling', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    await busy(bed, limiter);
    await limiter.decide([shared()]);
    const before = used(bed);
    const nothing = fixedWindow(1, 60_000, 'own');
    await bed.limiter().decide(Array.from({ length: 30 }, (_, i) => asked(`client:${i}`, charge(nothing))));
    bed.written.length = 0;
    for (let i = 0; i < 30; i++) {
      const verdict = await limiter.decide([asked(`client:${i}`, charge(nothing)), shared()]);
      expect(verdict).toMatchObject({ allowed: false, writes: 1, binding: { name: 'own' } });
    }
    expect(bed.written.every(({ subject }) => subject !== 'all')).toBe(true);
    expect(used(bed)).toBe(before);
  });

  test('client, address, route and all: one write each for the two own subjects, none passes half', async () => {
    const bed = setup();
    const limiter = bed.limiter();
    const route = (cost = 1) => shared(fixedWindow(1000, 1000, 'rou'), cost, 'route:POST /x');
    const request = [
      asked('client:a', charge(slidingWindow(60, 60_000))),
      asked('address:1', charge(slidingWindow(55, 60_000, 10, 'adr'))),
      route(),
      shared(),
    ];
    let passed = 0;
    let writes = 0;
    for (let i = 0; i < 80; i++) {
      const verdict = await limiter.decide(request);
      if (verdict.allowed) passed++;
      writes += verdict.writes;
      bed.now += 12;
    }
    expect(passed).toBe(55);
    // The denials are by belief, the shared subjects' leases cost a few.
    expect(writes).toBeLessThan(55 * 2 + 55);
    const counted = (item: Readonly<Record<string, number>> | undefined, id: string) =>
      Object.entries(item ?? {}).reduce((sum, [name, n]) => sum + (name.startsWith(`${id}.`) ? n : 0), 0);
    expect(counted(bed.memory.items.get('client:a'), 'saw')).toBe(55);
    expect(counted(bed.memory.items.get('address:1'), 'adr')).toBe(55);
  });
});
