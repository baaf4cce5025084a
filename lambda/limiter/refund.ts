import { BLANK, FORMAT, FORMAT_ATTRIBUTE, LIFE_ATTRIBUTE } from './item-layout.ts';
import type { Ask } from './plan.ts';
import { statusOf } from './status.ts';
import { StoreError } from './store-error.ts';
import type { Taking, Tools } from './take.ts';
import { above, absentOrAtMost, atMost, WriteDraft } from './write-draft.ts';

/** The second only where the first one has met a limit whose units have left its window. */
const MOST_TRIES = 2;

/**
 * Lowers the counts of one subject by what one request took, because it has turned out not to count.
 *
 * Counts that can fall do not break what the cells rely on, since what bounds a charge never falls:
 *
 * - Windows bound what was taken since a look by the running total. A refund leaves the total alone, so between a look
 *   and a charge the counts grow by at most what the total grows; refunds only leave more room than was reckoned with.
 * - Aligned windows are lowered together with the epoch, in one write, so each is still what its epochs hold.
 * - A fixed window's condition is on the count itself.
 *
 * What does break is "full is final": see `mayHaveRoom` in `plan.ts`.
 *
 * The race: whether what was taken is still counted where it was.
 *
 * ```
 * A                             B                                  the item
 *  |-- takes 1 in epoch 7 --------------------------------------->  .7 = 1
 *  |                            |-- epoch 18: removes .7 -------->  no .7: it has left the window
 *  |-- gives 1 back: .7 >= 1 fails, nothing to give back ------->
 *  |                            |-- the item is deleted, and B takes 1 in epoch 7 of the next one
 *  |-- gives 1 back: b = when the item that it took from was born fails
 * ```
 *
 * Sent once and never again: of two that both arrive, the second would take off another request's unit. Where the answer
 * is lost, or the container ends before this, the unit stays counted: too strict by one, never too lax.
 *
 * @returns the subject's answer as it stands now. Never throws a `StoreError`.
 */
export async function giveBack(ask: Ask, taking: Taking, tools: Tools): Promise<Taking> {
  const { looks, life } = taking;
  if (!taking.allowed || !looks || life === undefined) return taking;
  const counted = ask.charges.map(({ cost }, i) => {
    const names = taking.taken?.[i] ? (ask.cells[i]!.counted?.(looks[i]!) ?? []) : [];
    return { names, cost };
  });
  let back = counted.map(({ names }) => names.length > 0);
  let { writes } = taking;
  try {
    for (let tries = 0; tries < MOST_TRIES && back.includes(true); tries++) {
      const draft = new WriteDraft();
      // What a newer version of the functions wrote may mean anything.
      draft.require(absentOrAtMost(FORMAT_ATTRIBUTE, FORMAT));
      draft.require(atMost(LIFE_ATTRIBUTE, life));
      draft.require(above(LIFE_ATTRIBUTE, life - 1));
      for (const [i, { names, cost }] of counted.entries()) {
        if (!back[i]) continue;
        for (const name of names) {
          draft.require(above(name, cost - 1));
          draft.assign(name, { firstOf: [name], otherwise: 0 }, -cost);
        }
      }
      const time = tools.clock();
      const sentVersion = ask.belief.version;
      const { applied, item, sent = 1 } = await tools.store.update(ask.subject, draft, { once: true });
      writes += sent;
      const states = ask.belief.learn({ applied, item, sentAt: time, sentVersion, took: new Map() }, ask.cells);
      if (applied) {
        const statuses = ask.charges.map((charge, i) => {
          const cell = ask.cells[i]!;
          const before = taking.statuses[i]!;
          if (!back[i]) return before;
          return statusOf(ask.subject, charge, cell, cell.look(states.get(cell.id) ?? BLANK, time, 0));
        });
        return { ...taking, statuses, writes };
      }
      if (!ask.belief.readable || item?.[LIFE_ATTRIBUTE] !== life) break;
      back = counted.map(({ names, cost }) => names.length > 0 && names.every((name) => (item?.[name] ?? 0) >= cost));
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    writes += error.sent;
    tools.onStoreError?.(error);
  }
  return { ...taking, writes };
}
