import { setTimeout } from 'node:timers/promises';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createControlPlane } from '../../lambda/attach/control-plane.ts';
import { planDetachment, stageOfRecords } from '../../lambda/attach/detach-plan.ts';
import { dynamodbRecords } from '../../lambda/attach/dynamodb-records.ts';
import type { AttachReport } from '../../lambda/attach/engine.ts';
import type { AttachmentTarget, AttachRecords, AttachTarget } from '../../lambda/attach/model.ts';
import { type Plan, planAttachment } from '../../lambda/attach/plan.ts';
import { runAttachment, withAdapter } from '../../lambda/attach/run.ts';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { deployedSubjects } from '../doctor/deployed-subjects.ts';
import { NotAttachedError } from '../doctor/doctor-error.ts';
import { theGate } from '../doctor/the-gate.ts';
import { type DeployedGate, deployedGates } from '../registry/deployed-gate.ts';
import { attachedWith } from './attached-with.ts';
import { type ApiName, deployedAttachments } from './deployed-attachments.ts';
import type { ApiDetachment } from './detach-text.ts';

/** What attaching to one API would do; without `plan`: there is no such API. */
export interface ApiPlan {
  readonly api: AttachedApi;
  readonly plan?: Plan;
}

export interface AttachedGate {
  readonly gate: DeployedGate;
  readonly apis: readonly AttachmentTarget[];
  /** Not attached: templates put them behind the gate, and nothing here could mend them. */
  readonly protectedApis: readonly Pick<AttachedApi, 'kind' | 'apiId'>[];
}

export interface AttachClients {
  /** The gate that is deployed; `undefined`: none is yet. */
  gate(stack: string | undefined): Promise<DeployedGate | undefined>;
  /** @param headers the policy's */
  plan(api: AttachedApi, headers: Policy['headers'], gate: DeployedGate | undefined): Promise<ApiPlan>;
  /** The APIs that the gate's stack has attached; `undefined`: the credentials may not list its resources. */
  inStack(gate: DeployedGate): Promise<readonly ApiName[] | undefined>;
  planDetaching(api: ApiName, gate: DeployedGate): Promise<ApiDetachment>;
  /**
   * The APIs that the deployed gate is attached to, by the policy or by `attach()`, and those that it protects for their
   * stacks.
   *
   * @throws NotAttachedError (HG262) where there is none
   */
  attached(stack: string | undefined): Promise<AttachedGate>;
  attach(api: AttachmentTarget, gate: DeployedGate): Promise<AttachReport>;
}

/** Stands for what deployment makes, in the plan of a gate that is not deployed. */
const NOT_YET: Pick<DeployedGate, 'gate' | 'functionArn' | 'accessLog'> = {
  gate: 'GATE',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:not-deployed-yet',
  accessLog: 'arn:aws:logs:us-east-1:000000000000:log-group:not-deployed-yet',
};

/** With the credentials and region that the AWS SDK finds. */
export function attachClients(): AttachClients {
  const clock = () => Date.now();
  const clients = { rest: new APIGatewayClient({ maxAttempts: 1 }), http: new ApiGatewayV2Client({ maxAttempts: 1 }) };
  const plane = createControlPlane({ clock, sleep: setTimeout, random: Math.random });
  const dynamodb = new DynamoDBClient({});
  const cloudFormation = new CloudFormationClient({});
  const ssm = new SSMClient({});
  const targetOf = (api: AttachmentTarget, { gate, functionArn }: typeof NOT_YET): AttachTarget => ({
    ...api,
    gate,
    functionArn,
  });
  return {
    gate: async (stack) => {
      const gates = await deployedGates(cloudFormation, stack);
      // Several, and none is named: say so. None at all: the plan is what a first deployment would do.
      return gates.length === 0 && stack === undefined ? undefined : theGate(cloudFormation, stack);
    },
    plan: async (api, headers, gate) => {
      const { accessLog } = gate ?? NOT_YET;
      const also = { ...(headers && { headers }), ...(accessLog && { accessLog }) };
      const target = targetOf({ ...api, ...also }, gate ?? NOT_YET);
      const records: AttachRecords =
        gate === undefined ? new Map() : await dynamodbRecords(dynamodb, gate.registryTable, target).all();
      return withAdapter(api.kind, clients, plane, async (adapter) => {
        const state = await adapter.read(target);
        return state === undefined ? { api } : { api, plan: planAttachment(adapter, state, target, records) };
      });
    },
    inStack: (gate) => deployedAttachments(cloudFormation, gate),
    planDetaching: async (api, gate) => {
      const records = await dynamodbRecords(dynamodb, gate.registryTable, api).all();
      const deployed = await attachedWith(ssm, gate, api);
      const target = targetOf(deployed ?? { ...api, stage: stageOfRecords(records, api.kind) }, gate);
      const plan = await withAdapter(api.kind, clients, plane, (adapter) => planDetachment(adapter, target, records));
      return { api, ...(plan && { plan }) };
    },
    attached: async (stack) => {
      const gate = await theGate(cloudFormation, stack);
      const subjects = await deployedSubjects(ssm, gate);
      const apis = subjects.apis.filter(({ attached }) => attached).map(({ attached: _, ...api }) => api);
      if (apis.length === 0) throw new NotAttachedError(gate.gate);
      const protectedApis = [...subjects.apis.filter(({ attached }) => !attached), ...subjects.withoutStage];
      return { gate, apis, protectedApis };
    },
    attach: async (api, gate) => {
      const target = targetOf(api, gate);
      const parts = { clients, plane, dynamodb, registryTable: gate.registryTable, clock, hasTime: () => true };
      return runAttachment(parts, 'attach', target);
    },
  };
}
