// The offender report: after the page, who it is, what kind of trouble, and what to do.
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SNSClient } from '@aws-sdk/client-sns';
import { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
import { type HttpsForm, REPORT_ENVIRONMENT } from './environment.ts';
import { readInsights } from './insight-source.ts';
import { readLog } from './log-source.ts';
import { readNearQuotas } from './near-quota.ts';
import { publish } from './publish.ts';
import { sendReport } from './send-report.ts';

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new MissingEnvironmentError(name);
  return value;
};
const gate = required(REPORT_ENVIRONMENT.gate);
const logGroup = required(REPORT_ENVIRONMENT.logGroup);
const ownLogGroups = (process.env[REPORT_ENVIRONMENT.ownLogGroups] ?? '').split(',').filter(Boolean);
const limits = process.env[REPORT_ENVIRONMENT.limits]?.split(',');
const stack = process.env[REPORT_ENVIRONMENT.stack];
const topic = required(REPORT_ENVIRONMENT.topic);
const dashboard = required(REPORT_ENVIRONMENT.dashboard);
const https = required(REPORT_ENVIRONMENT.https) as HttpsForm;

const logger = new Logger({ serviceName: 'headgate-report' });
const clock = () => Date.now();
const cloudwatch = new CloudWatchClient({});
const logs = new CloudWatchLogsClient({});
const sns = new SNSClient({});
/** All three reads of the log, and their retries, fit into the function's minute. Milliseconds. */
const patience = 12_000;

export async function handler(event: unknown): Promise<void> {
  await sendReport(event, {
    gate,
    stack,
    logGroup,
    ownLogGroups,
    limits,
    dashboard,
    https,
    clock,
    sleep: setTimeout,
    insights: (range, details) => readInsights(cloudwatch, gate, range, details),
    log: (range) => readLog({ client: logs, logGroup, ownLogGroups, clock, patience }, range),
    nearQuotas: (range) => readNearQuotas({ client: logs, logGroup, ownLogGroups, clock, patience }, range),
    publish: (message) => publish(sns, topic, message),
    logger,
  });
}
