import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { attach } from './attach.ts';
import type { ControlPlane } from './control-plane.ts';
import { detach } from './detach.ts';
import { dynamodbRecords } from './dynamodb-records.ts';
import type { AttachReport, EngineParts } from './engine.ts';
import { httpAdapter } from './http/http-adapter.ts';
import type { ApiAdapter, ApiKind, AttachTarget } from './model.ts';
import { restAdapter } from './rest/rest-adapter.ts';

export interface ApiClients {
  readonly rest: Pick<APIGatewayClient, 'send'>;
  readonly http: Pick<ApiGatewayV2Client, 'send'>;
}

/** The adapter for a kind of API, for whatever is done with it. */
export function withAdapter<T>(
  kind: ApiKind,
  clients: ApiClients,
  plane: ControlPlane,
  use: <State>(adapter: ApiAdapter<State>) => T,
): T {
  return kind === 'rest'
    ? use(restAdapter({ client: clients.rest, plane }))
    : use(httpAdapter({ client: clients.http, plane }));
}

export interface RunParts {
  readonly clients: ApiClients;
  readonly plane: ControlPlane;
  readonly dynamodb: DynamoDBClient;
  readonly registryTable: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly hasTime: () => boolean;
}

export function runAttachment(
  { clients, plane, dynamodb, registryTable, clock, hasTime }: RunParts,
  verb: 'attach' | 'detach',
  target: AttachTarget,
): Promise<AttachReport> {
  const records = dynamodbRecords(dynamodb, registryTable, target);
  return withAdapter(target.kind, clients, plane, <State>(adapter: ApiAdapter<State>) => {
    const parts: EngineParts<State> = { adapter, records, clock, hasTime };
    return verb === 'attach' ? attach(parts, target) : detach(parts, target);
  });
}
