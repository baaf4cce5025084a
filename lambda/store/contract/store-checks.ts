import type { Condition, ConditionalWrite } from '../../limiter/counter-store.ts';
import { type ContractCheck, type ContractScene, holds, plus, put, said, same, set, WRITE } from './check.ts';

const check = (name: string, assumption: string, run: (scene: ContractScene) => Promise<void>): ContractCheck => ({
  name,
  assumption,
  of: 'store',
  run,
});

const comparisons: readonly [kind: 'at-most' | 'absent-or-at-most' | 'above', value: number, applies: boolean][] = [
  ['at-most', 5, true],
  ['at-most', 4, false],
  ['absent-or-at-most', 5, true],
  ['absent-or-at-most', 4, false],
  ['above', 4, true],
  ['above', 5, false],
];
const onMissing: readonly [kind: 'at-most' | 'absent-or-at-most' | 'above', applies: boolean][] = [
  ['at-most', false],
  ['absent-or-at-most', true],
  ['above', false],
];

/** What the limiter takes for granted of any store. */
export const STORE_CHECKS: readonly ContractCheck[] = [
  check('answer-after-write', 'a write is answered with the whole item as it is after it', async (scene) => {
    same(said(await put(scene, ['a', 1], ['b', 2])), { applied: true, item: { a: 1, b: 2 } });
    same(said(await put(scene, ['b', 3])), { applied: true, item: { a: 1, b: 3 } });
  }),

  check(
    'answer-after-failed-condition',
    'a failed condition changes nothing and is answered with the whole item that it failed on',
    async (scene) => {
      await put(scene, ['a', 1], ['b', 2]);
      const write = {
        ...WRITE,
        conditions: [{ kind: 'at-most', attribute: 'a', value: 0 } as const],
        assignments: [set('c', 1)],
      };
      for (let i = 0; i < 2; i++) {
        same(said(await scene.store.update(scene.subject, write)), { applied: false, item: { a: 1, b: 2 } });
      }
    },
  ),

  check(
    'failed-condition-makes-no-item',
    'a condition that fails where there is no item is answered without one, and makes none',
    async ({ store, subject }) => {
      const conditions = [{ kind: 'above', attribute: 'a', value: 0 } as const];
      const write = { ...WRITE, conditions, assignments: [set('done', 1)] };
      for (let i = 0; i < 2; i++) same(said(await store.update(subject, write)), { applied: false, item: undefined });
    },
  ),

  ...comparisons.map(([kind, value, applies]) =>
    check(
      `${kind}-${value}-on-5`,
      `the condition ${kind} ${value} ${applies ? 'holds' : 'fails'} on an attribute of 5`,
      async (scene) => {
        await put(scene, ['a', 5]);
        same(await holds(scene, { kind, attribute: 'a', value }), applies);
      },
    ),
  ),

  ...onMissing.map(([kind, applies]) =>
    check(
      `${kind}-on-missing`,
      `the condition ${kind} ${applies ? 'holds' : 'fails'} on a missing attribute`,
      async (scene) => {
        await put(scene, ['other', 1]);
        same(await holds(scene, { kind, attribute: 'a', value: 5 }), applies);
      },
    ),
  ),

  check('absent-is-not-zero', 'a missing attribute and one that is 0 are told apart', async (scene) => {
    await put(scene, ['a', 0]);
    same(await holds(scene, { kind: 'absent', attribute: 'a' }), false);
    same(await holds(scene, { kind: 'absent', attribute: 'b' }), true);
  }),

  check('conditions-nest', 'conditions joined by AND and OR nest', async (scene) => {
    await put(scene, ['a', 5]);
    const yes: Condition = { kind: 'above', attribute: 'a', value: 1 };
    const no: Condition = { kind: 'at-most', attribute: 'a', value: 1 };
    same(await holds(scene, { kind: 'any', of: [no, { kind: 'all', of: [yes, yes] }] }), true);
    same(await holds(scene, { kind: 'any', of: [no, { kind: 'all', of: [yes, no] }] }), false);
    same(await holds(scene, { kind: 'all', of: [yes, { kind: 'any', of: [no, no] }] }), false);
  }),

  check(
    'operands-read-before',
    'an operand is the first attribute that exists, else the number, and reads the item as it was',
    async (scene) => {
      const { store, subject } = scene;
      const start = { firstOf: ['k', 'j'], otherwise: 7 };
      const add = {
        ...WRITE,
        assignments: [
          { attribute: 'k', start, add: 1 },
          { attribute: 'j', start, add: 1 },
        ],
      };
      same(said(await store.update(subject, add)), { applied: true, item: { k: 8, j: 8 } });
      same(said(await store.update(subject, { ...WRITE, removals: ['k'] })), { applied: true, item: { j: 8 } });
      same(said(await store.update(subject, add)), { applied: true, item: { k: 9, j: 9 } });
      await put(scene, ['k', 20]);
      same(said(await store.update(subject, add)), { applied: true, item: { k: 21, j: 21 } });
    },
  ),

  check('conditions-read-before', 'a condition reads what its own write changes as it was before', async (scene) => {
    await put(scene, ['a', 5]);
    const conditions: Condition[] = [{ kind: 'at-most', attribute: 'a', value: 5 }];
    const write = { ...WRITE, conditions, assignments: [plus('a', 3)] };
    same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { a: 8 } });
  }),

  check(
    'remove-what-is-read',
    'an attribute can be removed by the write that reads it into another one',
    async (scene) => {
      await put(scene, ['old', 40]);
      const assignments = [{ attribute: 'new', start: { firstOf: ['new', 'old'], otherwise: 0 }, add: 2 }];
      const write = { ...WRITE, assignments, removals: ['old'] };
      same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { new: 42 } });
    },
  ),

  check('remove-what-is-missing', 'an attribute that is not there can be removed', async (scene) => {
    await put(scene, ['a', 1]);
    const write = { ...WRITE, assignments: [set('b', 2)], removals: ['missing'] };
    same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { a: 1, b: 2 } });
  }),

  check('names-of-cells', 'attribute names may hold . + and *', async (scene) => {
    await put(scene, ['ab1', 3], ['ab1.x9', 1], ['ab1+', 2], ['ab1*7', 3]);
    const write = { ...WRITE, assignments: [plus('ab1.x9', 1), plus('ab1+', 1)], removals: ['ab1*7'] };
    same(said(await scene.store.update(scene.subject, write)), {
      applied: true,
      item: { ab1: 3, 'ab1.x9': 2, 'ab1+': 3 },
    });
  }),

  check('exact-to-2-53', 'whole microseconds of the present are held, added and compared exactly', async (scene) => {
    const micros = 1_799_999_999_999_999;
    await put(scene, ['a', micros]);
    const write = { ...WRITE, assignments: [plus('a', 1)] };
    same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { a: micros + 1 } });
    same(await holds(scene, { kind: 'at-most', attribute: 'a', value: micros }), false);
    same(await holds(scene, { kind: 'at-most', attribute: 'a', value: micros + 1 }), true);
    await put(scene, ['b', Number.MAX_SAFE_INTEGER]);
    same(await holds(scene, { kind: 'at-most', attribute: 'b', value: Number.MAX_SAFE_INTEGER - 1 }), false);
  }),

  check(
    'room-for-five-limits',
    'a write with as many conditions, assignments and removals as five limits need is taken',
    async ({ store, subject }) => {
      const cells = ['aaa', 'bbb', 'ccc', 'ddd', 'eee'];
      const write: ConditionalWrite = {
        conditions: cells.flatMap((id): Condition[] => [
          { kind: 'absent-or-at-most', attribute: id, value: 300_000_000 },
          {
            kind: 'any',
            of: [
              { kind: 'at-most', attribute: `${id}+`, value: 1_800_000_000_000_000 },
              {
                kind: 'all',
                of: [
                  { kind: 'absent-or-at-most', attribute: `${id}*zzzz`, value: 100_000 },
                  { kind: 'absent-or-at-most', attribute: `${id}*zzzy`, value: 100_000 },
                ],
              },
            ],
          },
        ]),
        assignments: cells.flatMap((id) => [
          set(id, 300_000_000),
          plus(`${id}.zzzzzz`, 1),
          { attribute: `${id}+`, start: { firstOf: [`${id}+`], otherwise: 1_800_000_000_000_000 }, add: 1 },
          plus(`${id}*zzzz`, 1),
        ]),
        removals: cells.flatMap((id) => [
          ...Array.from({ length: 12 }, (_, i) => `${id}.yyyyy${i.toString(36)}`),
          `${id}*zzzx`,
        ]),
      };
      const outcome = await store.update(subject, write);
      same(
        { applied: outcome.applied, attributes: Object.keys(outcome.item ?? {}).length },
        { applied: true, attributes: 20 },
      );
    },
  ),

  check('long-subjects', 'a subject of 1,000 bytes has its own item', async ({ store, subject }) => {
    const long = `${subject}:${'x'.repeat(1000 - subject.length - 2)}`;
    const write = { ...WRITE, assignments: [plus('a', 1)] };
    same(said(await store.update(`${long}1`, write)), { applied: true, item: { a: 1 } });
    same(said(await store.update(`${long}2`, write)), { applied: true, item: { a: 1 } });
  }),

  check(
    'one-writer-at-a-time',
    'of many writes at once under one condition exactly as many apply as it has room for, each seeing another count',
    async ({ store, subject }) => {
      const conditions: Condition[] = [{ kind: 'absent-or-at-most', attribute: 'a', value: 9 }];
      const write = { ...WRITE, conditions, assignments: [plus('a', 1)] };
      const outcomes = await Promise.all(Array.from({ length: 40 }, () => store.update(subject, write)));
      const applied = outcomes.flatMap((outcome) => (outcome.applied ? [outcome.item.a ?? 0] : []));
      same(
        applied.sort((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
      const failed = outcomes.flatMap((outcome) => (outcome.applied ? [] : [outcome.item?.a]));
      same(new Set(failed), new Set([10]));
    },
  ),
];
