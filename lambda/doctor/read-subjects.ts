import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { parse, type Shape, shape } from '../attach/unknown-json.ts';
import {
  type ApiWithoutStage,
  type DoctorApi,
  type DoctorPlan,
  type DoctorSubjects,
  subjectsPath,
} from './subjects.ts';

/** What the stacks of an app have written down for the doctor of this gate. */
export async function readSubjects(client: Pick<SSMClient, 'send'>, gate: string): Promise<DoctorSubjects> {
  const apis: DoctorApi[] = [];
  const withoutStage: ApiWithoutStage[] = [];
  const plans: DoctorPlan[] = [];
  const unreadable: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new GetParametersByPathCommand({ Path: subjectsPath(gate), NextToken: token }));
    for (const { Name = '', Value = '' } of page.Parameters ?? []) {
      const { api, plan } = asMap(parse(Value));
      if (isPlan(plan)) plans.push(plan);
      else if (!isApi(api)) unreadable.push(Name);
      else if (typeof api.stage === 'string') apis.push(api as unknown as DoctorApi);
      else withoutStage.push({ kind: api.kind, apiId: api.apiId });
    }
    token = page.NextToken;
  } while (token !== undefined);
  return { apis, withoutStage, plans, unreadable };
}

const asMap = (value: unknown): Shape => shape(value) ?? {};

function isApi(value: unknown): value is Pick<DoctorApi, 'kind' | 'apiId'> & { readonly stage?: unknown } {
  const { kind, apiId } = asMap(value);
  return (kind === 'rest' || kind === 'http') && typeof apiId === 'string';
}

function isPlan(value: unknown): value is DoctorPlan {
  const { id, name, stages } = asMap(value);
  return typeof id === 'string' && typeof name === 'string' && Array.isArray(stages);
}
