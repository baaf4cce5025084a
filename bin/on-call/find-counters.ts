import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { findOutput, REGISTRY_VARIABLE, type TableChoice } from '../registry/find-table.ts';
import { CountersTableError } from './on-call-error.ts';

/** Stacks that deploy a gate have an output whose key contains this. */
const COUNTERS_OUTPUT = 'HeadgateCountersTable';

/**
 * The table in which the gate counts: as named, else of the stack, else of the only one that has one.
 *
 * @throws CountersTableError (HG271)
 */
export async function findCountersTable(
  choice: TableChoice & { readonly counters?: string },
  client: () => CloudFormationClient = () => new CloudFormationClient({}),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  if (choice.counters) return choice.counters;
  // The registry of one gate and the counters of another would be a reset that does half of what it says.
  if (choice.registry || (choice.stack === undefined && environment[REGISTRY_VARIABLE])) {
    throw new CountersTableError('the registry is named, but not the table in which the same gate counts');
  }
  const found = await findOutput(client(), COUNTERS_OUTPUT, choice);
  if (found.length === 1) return found[0]!.value;
  const where = choice.stack === undefined ? 'this account and region' : `the stack ${choice.stack}`;
  const list = found.map(({ stack, value }) => `${value} (stack ${stack})`).join(', ');
  throw new CountersTableError(
    found.length === 0
      ? `there is no output ${COUNTERS_OUTPUT} in ${where}`
      : `there are ${found.length} counters tables: ${list}`,
  );
}
