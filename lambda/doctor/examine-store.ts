import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CONTRACT, checkTable } from '../store/contract/contract.ts';
import { observeDates } from '../store/observe-dates.ts';
import { COUNTERS } from '../store/registry-keys.ts';
import { StoreClock } from '../store/store-clock.ts';
import { about, type Finding } from './finding.ts';
import { SCRATCH_PREFIX } from './subjects.ts';

/** Containers may be this far from the store before it is worth a look, ms. Each corrects itself; five minutes stop it. */
const NEAR_MS = 2000;

/**
 * The store contract on scratch items of the counters table, and the clock of this container beside the store's. About
 * 150 writes, and as many deletes as there are checks.
 *
 * @param run tells two examinations apart: their items have other keys
 */
export async function examineStore(
  client: DynamoDBClient,
  table: string,
  run: string,
  clock: () => number,
): Promise<Finding[]> {
  const storeClock = new StoreClock(clock);
  observeDates(client, storeClock, clock);
  const findings: Finding[] = [];
  let held = 0;
  const prefix = `${SCRATCH_PREFIX}${run}:`;
  for await (const { name, assumption, ok, problem } of checkTable({ client, name: table }, prefix)) {
    if (ok) held++;
    else findings.push(about('store', name).wrong(`"${assumption}" does not hold: ${problem}`, REPORT));
  }
  await sweep(client, table, prefix);
  if (findings.length === 0) findings.push(about('store', table).fine(`all ${held} assumptions about DynamoDB hold`));
  const off = Math.round(Math.abs(storeClock.correctionMs));
  const { fine, wrong } = about('clock', "the doctor's clock");
  findings.push(
    off <= NEAR_MS
      ? fine(`at most ${(off / 1000).toFixed(1)} s from the store's`)
      : wrong(`${(off / 1000).toFixed(1)} s from the store's`, 'it corrects itself; where it grows, tell AWS'),
  );
  return findings;
}

/** The scratch items have no expiry: an hourly examination would leave some thousands a month. */
async function sweep(client: DynamoDBClient, table: string, prefix: string): Promise<void> {
  for (const { name } of CONTRACT) {
    const Key = { [COUNTERS.partitionKey]: { S: `${prefix}${name}` } };
    await client.send(new DeleteItemCommand({ TableName: table, Key }));
  }
}

const REPORT = 'limits may not hold: report it to Headgate with this line, and switch to `mode: shadow` if in doubt';
