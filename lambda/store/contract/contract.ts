import type { CounterStore } from '../../limiter/counter-store.ts';
import { dynamodbStore } from '../dynamodb.ts';
import { ATTRIBUTE_CHECKS } from './attribute-checks.ts';
import { type ContractCheck, type ContractTable, ContractViolation } from './check.ts';
import { STORE_CHECKS } from './store-checks.ts';
import { TABLE_CHECKS } from './table-checks.ts';

const ANY_STORE: readonly ContractCheck[] = [...STORE_CHECKS, ...ATTRIBUTE_CHECKS];

/**
 * The store contract: every assumption that the limiter rests on, each a small check with a name. A store in memory is
 * asked those `of: 'store'`, a table in DynamoDB all of them.
 */
export const CONTRACT: readonly ContractCheck[] = [...ANY_STORE, ...TABLE_CHECKS];

export interface ContractResult {
  readonly name: string;
  readonly assumption: string;
  readonly ok: boolean;
  /** Where it does not hold: what was wanted and seen, or why the store could not be asked. */
  readonly problem?: string;
}

/** Runs the checks of a store that is no table. */
export function checkStore(store: CounterStore, prefix: string): AsyncGenerator<ContractResult> {
  return results(ANY_STORE, store, prefix, undefined);
}

/**
 * Runs all checks against a counters table, one after the other. Leaves its items behind: subjects that begin with
 * `prefix`, which no item of the table may begin with.
 */
export function checkTable(table: ContractTable, prefix: string): AsyncGenerator<ContractResult> {
  return results(CONTRACT, dynamodbStore(table.client, table.name), prefix, table);
}

async function* results(
  checks: readonly ContractCheck[],
  store: CounterStore,
  prefix: string,
  table: ContractTable | undefined,
): AsyncGenerator<ContractResult> {
  for (const { name, assumption, run } of checks) {
    const subject = `${prefix}${name}`;
    try {
      await run({ store, subject, ...(table ? { table } : {}) });
      yield { name, assumption, ok: true };
    } catch (error) {
      yield { name, assumption, ok: false, problem: problemOf(error) };
    }
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ContractViolation) return error.message;
  return `could not be asked: ${error instanceof Error ? error.message : String(error)}`;
}
