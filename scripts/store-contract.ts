// `npm run store-contract`: every assumption about DynamoDB that the limiter rests on, tried on an endpoint or a table.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { ContractTable } from '../lambda/store/contract/check.ts';
import { type ContractResult, checkTable } from '../lambda/store/contract/contract.ts';
import { type ScratchTable, scratchTable } from '../lambda/store/contract/scratch-table.ts';
import { createDynamoDbClient } from '../lambda/store/dynamodb-client.ts';

const HELP = `Tries every assumption that the limiter makes of DynamoDB, one line each: "ok" or "not ok" with what was seen.

  npm run store-contract -- --endpoint http://127.0.0.1:8000     a local DynamoDB
  npm run store-contract -- --region eu-central-1                your account (credentials of your environment)
  npm run store-contract -- --table Stack-Counters-ABC           a counters table that exists: the key is a string, pk

  --endpoint URL   instead of AWS's own
  --region NAME    default: AWS_REGION, or us-east-1 with --endpoint
  --table NAME     leaves some small items behind, all with keys that begin with "contract:";
                   without it a table headgate-scratch-... is made and removed again
  --json           the results as JSON

It makes about 150 requests. Exit code 0: all hold; 1: one does not, or the store could not be asked; 2: wrong usage.`;

const options = {
  endpoint: { type: 'string' },
  region: { type: 'string' },
  table: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

function usage(problem: string): never {
  console.error(`${problem}\n\n${HELP}`);
  process.exit(2);
}

function read() {
  try {
    const { values } = parseArgs({ options });
    if (values.endpoint !== undefined && !/^https?:\/\/[^/]/.test(values.endpoint)) {
      usage(`--endpoint is "${values.endpoint}", wanted is a URL like http://127.0.0.1:8000`);
    }
    return values;
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

function configOf({ endpoint, region }: ReturnType<typeof read>): DynamoDBClientConfig {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env;
  const isAws = endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
  const known = region ?? AWS_REGION ?? (isAws ? undefined : 'us-east-1');
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(known === undefined ? {} : { region: known }),
    // A local engine looks at no signature, but the SDK wants to sign.
    ...(isAws || AWS_ACCESS_KEY_ID || AWS_PROFILE
      ? {}
      : { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}

function line({ name, assumption, ok, problem }: ContractResult): string {
  return ok ? `ok      ${name}: ${assumption}` : `not ok  ${name}: ${assumption}\n        ${problem}`;
}

const flags = read();
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const config = configOf(flags);
let scratch: ScratchTable | undefined;
try {
  if (flags.table === undefined) scratch = await scratchTable(config);
  const table: ContractTable = scratch ?? { client: createDynamoDbClient(config), name: flags.table! };
  const results: ContractResult[] = [];
  for await (const result of checkTable(table, `contract:${randomUUID().slice(0, 8)}:`)) {
    results.push(result);
    if (!flags.json) console.log(line(result));
  }
  const failed = results.filter(({ ok }) => !ok).length;
  if (flags.json) console.log(JSON.stringify({ ok: failed === 0, checks: results }, null, 2));
  else console.log(`${results.length - failed} of ${results.length} assumptions hold`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(`The store could not be asked: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
  process.exitCode = 1;
} finally {
  await scratch?.remove().catch((error: unknown) => {
    console.error(`The table ${scratch?.name} could not be removed: ${error instanceof Error ? error.name : error}`);
  });
}
