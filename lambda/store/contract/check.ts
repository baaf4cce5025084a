import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type {
  Assignment,
  Condition,
  ConditionalWrite,
  CounterStore,
  WriteOutcome,
} from '../../limiter/counter-store.ts';

/** One assumption about a store, and how to see whether it holds. */
export interface ContractCheck {
  /** Stable, in kebab-case: what a report names. */
  readonly name: string;
  /** A sentence that is true of a store that can be used. */
  readonly assumption: string;
  /** `table`: looks beneath `CounterStore`, at DynamoDB itself; a store in memory cannot be asked. */
  readonly of: 'store' | 'table';
  /** @throws ContractViolation where the assumption does not hold; any other error is a failure to ask. */
  run(scene: ContractScene): Promise<void>;
}

/** Where a check takes place. The item of `subject` does not exist before. */
export interface ContractScene {
  readonly store: CounterStore;
  readonly subject: string;
  /** Present for checks of a `table`. */
  readonly table?: ContractTable;
}

export interface ContractTable {
  readonly client: DynamoDBClient;
  readonly name: string;
}

/** The store does something else than the limiter takes for granted. */
export class ContractViolation extends Error {
  readonly seen: string;

  constructor(wanted: unknown, seen: unknown) {
    super(`wanted ${shown(wanted)}, saw ${shown(seen)}`);
    this.name = 'ContractViolation';
    this.seen = shown(seen);
  }
}

/** @throws ContractViolation unless both are deeply equal */
export function same(seen: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(seen, wanted)) throw new ContractViolation(wanted, seen);
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

/** A write that does nothing. */
export const WRITE: ConditionalWrite = { conditions: [], assignments: [], removals: [] };
export const set = (attribute: string, value: number): Assignment => ({ attribute, start: value, add: 0 });
/** Begins at 0 where there is none. */
export const plus = (attribute: string, add: number): Assignment => ({
  attribute,
  start: { firstOf: [attribute], otherwise: 0 },
  add,
});

/** Sets attributes, whatever the item. */
export function put({ store, subject }: ContractScene, ...pairs: [string, number][]): Promise<WriteOutcome> {
  return store.update(subject, { ...WRITE, assignments: pairs.map(([name, value]) => set(name, value)) });
}

/** Whether a write under `condition` applies. */
export async function holds({ store, subject }: ContractScene, condition: Condition): Promise<boolean> {
  const write = { ...WRITE, conditions: [condition], assignments: [set('done', 1)] };
  return (await store.update(subject, write)).applied;
}

/** What an answer says, without how many writes it took. */
export const said = ({ applied, item }: WriteOutcome) => ({ applied, item: item && { ...item } });
