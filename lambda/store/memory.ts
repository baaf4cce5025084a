import type { Condition, ConditionalWrite, CounterItem, CounterStore, Operand } from '../limiter/counter-store.ts';

/** A store in memory, and what lies in it. */
export interface MemoryStore extends CounterStore {
  /** By subject. Nothing expires. */
  readonly items: Map<string, CounterItem>;
}

/**
 * Carries out conditional writes on a map, with the answers that DynamoDB gives. For tests and for replaying traffic; it
 * counts for one process only.
 */
export function memoryStore(): MemoryStore {
  const items = new Map<string, CounterItem>();
  return {
    items,
    async update(subject, write) {
      const before = items.get(subject);
      const held = write.conditions.every((condition) => holds(condition, before ?? {}));
      if (!held) return { applied: false, item: before };
      const item = applied(write, before ?? {});
      items.set(subject, item);
      return { applied: true, item };
    },
  };
}

function holds(condition: Condition, item: CounterItem): boolean {
  if (condition.kind === 'any') return condition.of.some((one) => holds(one, item));
  if (condition.kind === 'all') return condition.of.every((one) => holds(one, item));
  const value = item[condition.attribute];
  switch (condition.kind) {
    case 'absent':
      return value === undefined;
    case 'at-most':
      return value !== undefined && value <= condition.value;
    case 'absent-or-at-most':
      return value === undefined || value <= condition.value;
    case 'at-most-other': {
      const other = item[condition.other];
      return value !== undefined && other !== undefined && value <= other;
    }
    case 'above':
      return value !== undefined && value > condition.value;
  }
}

/** Operands read the item as it was, whatever the order of the assignments. */
function applied(write: ConditionalWrite, before: CounterItem): CounterItem {
  const item: Record<string, number> = { ...before };
  for (const { attribute, start, add } of write.assignments) {
    item[attribute] = numberOf(start, before) + numberOf(add, before);
  }
  for (const attribute of write.removals) delete item[attribute];
  return item;
}

function numberOf(operand: Operand, item: CounterItem): number {
  if (typeof operand === 'number') return operand;
  for (const attribute of operand.firstOf) {
    const value = item[attribute];
    if (value !== undefined) return value;
  }
  return operand.otherwise;
}
