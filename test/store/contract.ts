import type { ConditionalWrite, CounterStore } from '../../lambda/limiter/counter-store.ts';

/** A write that does nothing. */
export const WRITE: ConditionalWrite = { conditions: [], assignments: [], removals: [] };
export const set = (attribute: string, value: number) => ({ attribute, start: value, add: 0 });

/** What the limiter takes for granted of a store, one assumption a test. */
export function contract(storeOf: () => CounterStore): void {
  let subject = '';
  let count = 0;
  beforeEach(() => {
    subject = `contract:${count++}`;
  });
  const put = (...pairs: [string, number][]) =>
    storeOf().update(subject, { ...WRITE, assignments: pairs.map(([name, value]) => set(name, value)) });
  const trial = (condition: ConditionalWrite['conditions'][number]) =>
    storeOf().update(subject, { ...WRITE, conditions: [condition], assignments: [set('done', 1)] });

  test('a write is answered with the whole item as it is after it', async () => {
    expect(await put(['a', 1], ['b', 2])).toEqual({ applied: true, item: { a: 1, b: 2 } });
    expect(await put(['b', 3])).toEqual({ applied: true, item: { a: 1, b: 3 } });
  });

  test('a failed condition changes nothing and is answered with the whole item that it failed on', async () => {
    await put(['a', 1], ['b', 2]);
    expect(await trial({ kind: 'at-most', attribute: 'a', value: 0 })).toEqual({
      applied: false,
      item: { a: 1, b: 2 },
    });
  });

  test('a condition that fails where there is no item is answered without one, and makes none', async () => {
    const condition = { kind: 'above', attribute: 'a', value: 0 } as const;
    expect(await trial(condition)).toEqual({ applied: false, item: undefined });
    expect(await trial(condition)).toEqual({ applied: false, item: undefined });
  });

  test.each([
    ['at-most', 5, true],
    ['at-most', 4, false],
    ['absent-or-at-most', 5, true],
    ['absent-or-at-most', 4, false],
    ['above', 4, true],
    ['above', 5, false],
  ] as const)('%s %i on an attribute of 5: %s', async (kind, value, applied) => {
    await put(['a', 5]);
    expect((await trial({ kind, attribute: 'a', value })).applied).toBe(applied);
  });

  test.each([
    ['at-most', false],
    ['absent-or-at-most', true],
    ['above', false],
  ] as const)('%s on a missing attribute: %s', async (kind, applied) => {
    await put(['other', 1]);
    expect((await trial({ kind, attribute: 'a', value: 5 })).applied).toBe(applied);
  });

  test('absent tells a missing attribute from one that is 0', async () => {
    await put(['a', 0]);
    expect((await trial({ kind: 'absent', attribute: 'a' })).applied).toBe(false);
    expect((await trial({ kind: 'absent', attribute: 'b' })).applied).toBe(true);
  });

  test('any and all nest', async () => {
    await put(['a', 5]);
    const yes = { kind: 'above', attribute: 'a', value: 1 } as const;
    const no = { kind: 'at-most', attribute: 'a', value: 1 } as const;
    expect((await trial({ kind: 'any', of: [no, { kind: 'all', of: [yes, yes] }] })).applied).toBe(true);
    expect((await trial({ kind: 'any', of: [no, { kind: 'all', of: [yes, no] }] })).applied).toBe(false);
    expect((await trial({ kind: 'all', of: [yes, { kind: 'any', of: [no, no] }] })).applied).toBe(false);
  });

  test('an operand is the first attribute that exists, else the number, and reads the item as it was', async () => {
    const start = { firstOf: ['k', 'j'], otherwise: 7 };
    const add = {
      ...WRITE,
      assignments: [
        { attribute: 'k', start, add: 1 },
        { attribute: 'j', start, add: 1 },
      ],
    };
    expect(await storeOf().update(subject, add)).toEqual({ applied: true, item: { k: 8, j: 8 } });
    expect(await storeOf().update(subject, { ...WRITE, removals: ['k'] })).toEqual({ applied: true, item: { j: 8 } });
    expect(await storeOf().update(subject, add)).toEqual({ applied: true, item: { k: 9, j: 9 } });
    await put(['k', 20]);
    expect(await storeOf().update(subject, add)).toEqual({ applied: true, item: { k: 21, j: 21 } });
  });

  test('an attribute that is not there can be removed', async () => {
    await put(['a', 1]);
    const write = { ...WRITE, assignments: [set('b', 2)], removals: ['missing'] };
    expect(await storeOf().update(subject, write)).toEqual({ applied: true, item: { a: 1, b: 2 } });
  });

  test('whole microseconds of the present are held exactly', async () => {
    const micros = 1_799_999_999_999_999;
    await put(['a', micros]);
    const write = { ...WRITE, assignments: [{ attribute: 'a', start: { firstOf: ['a'], otherwise: 0 }, add: 1 }] };
    expect(await storeOf().update(subject, write)).toEqual({ applied: true, item: { a: micros + 1 } });
    expect((await trial({ kind: 'at-most', attribute: 'a', value: micros })).applied).toBe(false);
  });

  test('of many writes at once under one condition exactly as many apply as it has room for', async () => {
    const write: ConditionalWrite = {
      conditions: [{ kind: 'absent-or-at-most', attribute: 'a', value: 9 }],
      assignments: [{ attribute: 'a', start: { firstOf: ['a'], otherwise: 0 }, add: 1 }],
      removals: [],
    };
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => storeOf().update(subject, write)));
    const applied = outcomes.filter((outcome) => outcome.applied).map((outcome) => outcome.item?.a);
    expect(applied.sort((a, b) => a! - b!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
}
