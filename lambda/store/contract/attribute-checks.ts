import type { Condition } from '../../limiter/counter-store.ts';
import { type ContractCheck, type ContractScene, holds, plus, put, said, same, WRITE } from './check.ts';

const check = (name: string, assumption: string, run: (scene: ContractScene) => Promise<void>): ContractCheck => ({
  name,
  assumption,
  of: 'store',
  run,
});

const TOTAL_BELOW_CEILING: Condition = { kind: 'at-most-other', attribute: 'total', other: 'ceiling' };

/** What is taken for granted where a write compares or adds two attributes of one item. */
export const ATTRIBUTE_CHECKS: readonly ContractCheck[] = [
  check('compare-two-attributes', 'a condition compares two attributes of the item', async (scene) => {
    for (const [total, ceiling, applies] of [
      [5, 6, true],
      [5, 5, true],
      [5, 4, false],
    ] as const) {
      await put(scene, ['total', total], ['ceiling', ceiling]);
      same(await holds(scene, TOTAL_BELOW_CEILING), applies);
    }
  }),

  check(
    'compare-with-a-missing-attribute',
    'a comparison with a missing attribute on either side fails',
    async (scene) => {
      await put(scene, ['total', 5]);
      same(await holds(scene, TOTAL_BELOW_CEILING), false);
      same(await holds(scene, { kind: 'at-most-other', attribute: 'ceiling', other: 'total' }), false);
    },
  ),

  check(
    'add-two-attributes',
    'an attribute is set to the sum of two, or of their stand-ins, and one of them is removed by the same write',
    async (scene) => {
      await put(scene, ['ceiling', 40], ['left', 2]);
      const write = {
        ...WRITE,
        assignments: [
          {
            attribute: 'ceiling',
            start: { firstOf: ['ceiling'], otherwise: 0 },
            add: { firstOf: ['left'], otherwise: 0 },
          },
        ],
        removals: ['left'],
      };
      same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { ceiling: 42 } });
      same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { ceiling: 42 } });
    },
  ),

  check(
    'lower-an-attribute',
    'an attribute is lowered by adding a negative number, where it is large enough',
    async (scene) => {
      await put(scene, ['a', 2]);
      const write = {
        ...WRITE,
        conditions: [{ kind: 'above', attribute: 'a', value: 0 } as const],
        assignments: [plus('a', -1)],
      };
      same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { a: 1 } });
      same(said(await scene.store.update(scene.subject, write)), { applied: true, item: { a: 0 } });
      same((await scene.store.update(scene.subject, write)).applied, false);
    },
  ),
];
