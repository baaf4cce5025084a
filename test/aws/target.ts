import { readFileSync } from 'node:fs';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** The deployed example, as `npm run verify:aws` hands it to these tests. */
export interface Target {
  /** `https://ID.execute-api.REGION.amazonaws.com/prod`, without a slash at the end. */
  readonly restUrl: string;
  readonly httpUrl: string;
  readonly registryTable: string;
  readonly alarmName: string;
  /** The composite alarm whose message tells of it. */
  readonly pageAlarmName: string;
  /** Empty on a real account: the usual chain of credentials. */
  readonly client: DynamoDBClientConfig;
}

/** Read from the file that HEADGATE_VERIFY_TARGET names. */
export function target(): Target {
  const file = process.env.HEADGATE_VERIFY_TARGET;
  if (!file) throw new Error('These tests need a deployment: run them with `npm run verify:aws`.');
  return JSON.parse(readFileSync(file, 'utf8')) as Target;
}
