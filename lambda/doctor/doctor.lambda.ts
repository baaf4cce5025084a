// The doctor: examines the gate on a schedule, and when `headgate doctor` asks.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createControlPlane } from '../attach/control-plane.ts';
import { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
import { DIMENSION, METRICS_NAMESPACE } from '../signals/metric-names.ts';
import { examine } from './examine.ts';
import type { Examination } from './finding.ts';
import { DOCTOR_ENVIRONMENT, DOCTOR_METRIC } from './subjects.ts';

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new MissingEnvironmentError(name);
  return value;
};
const gate = required(DOCTOR_ENVIRONMENT.gate);
const countersTable = required(DOCTOR_ENVIRONMENT.countersTable);
const registryTable = required(DOCTOR_ENVIRONMENT.registryTable);
const functionArn = required(DOCTOR_ENVIRONMENT.functionArn);

const clock = () => Date.now();
const plane = createControlPlane({ clock, sleep: setTimeout, random: Math.random });
const logger = new Logger({ serviceName: 'headgate-doctor' });
const metrics = new Metrics({ namespace: METRICS_NAMESPACE });
metrics.clearDefaultDimensions();
metrics.setDefaultDimensions({ [DIMENSION.gate]: gate });
const rest = new APIGatewayClient({ maxAttempts: 1 });
const http = new ApiGatewayV2Client({ maxAttempts: 1 });
const lambda = new LambdaClient({});
const ssm = new SSMClient({});

export async function handler(): Promise<Examination> {
  // One for each run: the store's clock listens on it.
  const dynamodb = new DynamoDBClient({});
  const run = randomUUID().slice(0, 8);
  const clients = { rest, http, lambda, ssm, dynamodb };
  try {
    const result = await examine({ clients, plane, gate, countersTable, registryTable, functionArn, clock, run });
    const problems = result.findings.filter(({ ok }) => !ok);
    for (const problem of problems) logger.warn('Not as deployed', { ...problem });
    metrics.addMetric(DOCTOR_METRIC, 'Count', problems.length);
    metrics.publishStoredMetrics();
    return result;
  } finally {
    dynamodb.destroy();
  }
}
