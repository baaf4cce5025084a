import type { CellBelief } from '../../../lambda/limiter/cells/cell.ts';
import { BLANK } from '../../../lambda/limiter/item-layout.ts';

/** A belief of which only what matters is given. */
export const belief = (
  more: Partial<Omit<CellBelief, 'counts'>> & { counts?: Record<number, number> } = {},
): CellBelief => ({
  ...BLANK,
  seenAt: Number.NEGATIVE_INFINITY,
  othersRate: 0,
  ...more,
  counts: new Map(Object.entries(more.counts ?? {}).map(([epoch, count]) => [Number(epoch), count])),
});
