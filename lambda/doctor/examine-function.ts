import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { apiText } from '../attach/engine.ts';
import { about, type Finding } from './finding.ts';
import type { DoctorSubjects } from './subjects.ts';

/**
 * Whether the authorizer function runs, and every API may call it. An API that may call it and that nothing names would be
 * examined by nobody: that is a finding too.
 *
 * @param subjects absent where they could not be read
 */
export async function examineFunction(
  client: Pick<LambdaClient, 'send'>,
  functionArn: string,
  subjects: Pick<DoctorSubjects, 'apis' | 'withoutStage'> | undefined,
): Promise<Finding[]> {
  const name = functionArn.split(':').at(-1)!;
  const { fine, wrong } = about('function', name);
  const of = { FunctionName: functionArn };
  const [{ State, LastUpdateStatus }, { ReservedConcurrentExecutions: reserved }, sources] = await Promise.all([
    client.send(new GetFunctionConfigurationCommand(of)),
    client.send(new GetFunctionConcurrencyCommand(of)),
    invokers(client, functionArn),
  ]);
  const findings: Finding[] = [];
  if ((State ?? 'Active') !== 'Active' || LastUpdateStatus === 'Failed') {
    findings.push(wrong(`is ${State}, its last update ${LastUpdateStatus}`, 'deploy again'));
  }
  if (reserved === 0) {
    findings.push(wrong('has a reserved concurrency of 0: every request gets 500', 'take the reservation away'));
  }
  const { apis = [], withoutStage = [] } = subjects ?? {};
  const permitted = new Set(sources.map(apiIdOf));
  for (const api of apis) {
    if (permitted.has(api.apiId)) continue;
    findings.push(wrong(`does not permit ${apiText(api)} to call it: its requests get 500`, 'deploy again'));
  }
  const named = new Set([...apis, ...withoutStage].map(({ apiId }) => apiId));
  const unnamed = subjects === undefined ? [] : [...permitted].filter((id) => id !== undefined && !named.has(id));
  for (const id of unnamed) {
    findings.push(wrong(`permits the API ${id} to call it, which is examined by nobody`, UNNAMED));
  }
  if (findings.length > 0) return findings;
  const callers = apis.length === 1 ? 'its API' : `all ${apis.length} APIs`;
  return [fine(subjects === undefined ? 'runs' : `runs, and ${callers} may call it`)];
}

/** The source ARNs that API Gateway may call for. */
async function invokers(client: Pick<LambdaClient, 'send'>, functionArn: string): Promise<readonly string[]> {
  let text: string | undefined;
  try {
    text = (await client.send(new GetPolicyCommand({ FunctionName: functionArn }))).Policy;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw error;
  }
  const { Statement = [] } = JSON.parse(text ?? '{}') as { Statement?: readonly Permission[] };
  return Statement.filter(({ Effect, Principal }) => Effect === 'Allow' && serviceOf(Principal) === GATEWAY).flatMap(
    ({ Condition }) => Condition?.ArnLike?.['AWS:SourceArn'] ?? Condition?.ArnLike?.['aws:SourceArn'] ?? [],
  );
}

interface Permission {
  readonly Effect?: string;
  readonly Principal?: string | { readonly Service?: string };
  readonly Condition?: { readonly ArnLike?: Readonly<Record<string, string>> };
}

const GATEWAY = 'apigateway.amazonaws.com';
const serviceOf = (principal: Permission['Principal']): string | undefined =>
  typeof principal === 'string' ? principal : principal?.Service;
/** `arn:aws:execute-api:REGION:ACCOUNT:API/authorizers/...` */
const apiIdOf = (source: string): string | undefined => source.split(':')[5]?.split('/')[0];
const UNNAMED = 'deploy the stack of that API again; where the API is gone, take the permission away';
