import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ControlPlane } from '../attach/control-plane.ts';
import { dynamodbRecords } from '../attach/dynamodb-records.ts';
import { apiText } from '../attach/engine.ts';
import type { AttachTarget } from '../attach/model.ts';
import { withAdapter } from '../attach/run.ts';
import { examineApi } from './examine-api.ts';
import { examineFunction } from './examine-function.ts';
import { examinePlans } from './examine-plans.ts';
import { examineStore } from './examine-store.ts';
import { examineSubjects } from './examine-subjects.ts';
import { examineCounters, examineRegistry } from './examine-tables.ts';
import { type Examination, examined } from './finding.ts';

export interface ExamineParts {
  readonly clients: {
    readonly rest: Pick<APIGatewayClient, 'send'>;
    readonly http: Pick<ApiGatewayV2Client, 'send'>;
    readonly lambda: Pick<LambdaClient, 'send'>;
    readonly ssm: Pick<SSMClient, 'send'>;
    readonly dynamodb: DynamoDBClient;
  };
  readonly plane: ControlPlane;
  readonly gate: string;
  readonly countersTable: string;
  readonly registryTable: string;
  /** ARN of the authorizer function. */
  readonly functionArn: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Tells two examinations apart. */
  readonly run: string;
}

/** Whether everything is as deployed. Never throws: what cannot be looked at is a finding. */
export async function examine(parts: ExamineParts): Promise<Examination> {
  const { clients, plane, gate, countersTable, registryTable, functionArn, clock, run } = parts;
  const { subjects, findings: unread } = await examineSubjects(clients.ssm, gate);
  const { apis = [], plans = [] } = subjects ?? {};
  const findings = await Promise.all([
    examined('function', functionArn, () => examineFunction(clients.lambda, functionArn, subjects)),
    ...apis.map(({ attached, ...api }) => {
      const target: AttachTarget = { ...api, functionArn, gate };
      const records = dynamodbRecords(clients.dynamodb, registryTable, target);
      return examined('api', apiText(target), () =>
        withAdapter(target.kind, clients, plane, (adapter) => examineApi(adapter, records, { target, attached })),
      );
    }),
    examined('plans', 'usage plans', () => examinePlans(clients.rest, plans)),
    examined('tables', countersTable, () => examineCounters(clients.dynamodb, countersTable)),
    examined('tables', registryTable, () => examineRegistry(clients.dynamodb, registryTable)),
    examined('store', countersTable, () => examineStore(clients.dynamodb, countersTable, run, clock)),
  ]);
  const all = [...unread, ...findings.flat()];
  return { ok: all.every(({ ok }) => ok), gate, findings: all };
}
