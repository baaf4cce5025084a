import {
  DeleteGatewayResponseCommand,
  GetResourcesCommand,
  GetUsagePlansCommand,
  UpdateMethodCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  DeleteAuthorizerCommand,
  GetAuthorizersCommand,
  GetRoutesCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient, DeleteStackCommand, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import type { Examination } from '../../lambda/doctor/finding.ts';
import { clientConfig } from '../../local/clients.ts';
import { useKeyedApi } from './support/keyed-api/use-keyed-api.ts';

describe('headgate doctor', () => {
  const api = useKeyedApi();
  const doctor = (...args: string[]) => api().headgate('doctor', ...args);

  test('finds everything as deployed, then what has been taken off by hand, and says what to do', async () => {
    const healthy = await doctor('--json');
    const { findings } = JSON.parse(healthy.output) as Examination;
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ text }) => text).join()).not.toContain('left alone: gateway response');
    expect(new Set(findings.map(({ area }) => area))).toEqual(
      new Set(['function', 'api', 'plans', 'tables', 'store', 'clock']),
    );
    expect(healthy.code).toBe(0);

    const { gateway, outputs } = api();
    const restApiId = outputs.ApiId!;
    const { items } = await gateway.send(new GetResourcesCommand({ restApiId }));
    const resourceId = items!.find((resource) => resource.path === '/things')!.id!;
    const strip = [{ op: 'replace' as const, path: '/authorizationType', value: 'NONE' }];
    await gateway.send(new UpdateMethodCommand({ restApiId, resourceId, httpMethod: 'GET', patchOperations: strip }));
    await gateway.send(new DeleteGatewayResponseCommand({ restApiId, responseType: 'ACCESS_DENIED' }));
    const plans = await gateway.send(new GetUsagePlansCommand({}));
    const free = plans.items!.find(({ name }) => name?.endsWith('-free'))!;
    const raise = [{ op: 'replace' as const, path: '/throttle/rateLimit', value: '9999' }];
    await gateway.send(new UpdateUsagePlanCommand({ usagePlanId: free.id, patchOperations: raise }));

    const ill = await doctor();
    expect(ill.code).toBe(1);
    expect(ill.output).toContain('GET /things does not ask the gate: it is not limited');
    expect(ill.output).toContain('gateway-response ACCESS_DENIED is gone');
    expect(ill.output).toMatch(/Keyed\.Headgate-free: its rate is 9999, not 100/);
    expect(ill.output).toMatch(/3 of \d+ not as deployed/);
  }, 60_000);

  test('examines an API of another stack than the gate’s, until that stack is gone', async () => {
    const { HttpApiId: ApiId } = api().elsewhere;
    const ofElsewhere = async () => {
      const { findings } = JSON.parse((await doctor('--json')).output) as Examination;
      return findings.filter(({ subject, text }) => `${subject} ${text}`.includes(ApiId!));
    };
    expect(await ofElsewhere()).toMatchObject([
      { area: 'api', ok: true, text: '1 route asks the gate, without caching' },
    ]);

    const client = new ApiGatewayV2Client(clientConfig(api().aws.endpoint));
    const { Items: routes } = await client.send(new GetRoutesCommand({ ApiId }));
    const { RouteId } = routes!.find(({ RouteKey }) => RouteKey === 'GET /orders')!;
    await client.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'NONE' }));
    const { Items: authorizers } = await client.send(new GetAuthorizersCommand({ ApiId }));
    await client.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId: authorizers![0]!.AuthorizerId! }));
    client.destroy();
    const stripped = await ofElsewhere();
    expect(stripped.map(({ ok, text }) => `${ok} ${text}`)).toEqual([
      'false the authorizer "headgate-Keyed-Headgate" is gone',
      'false GET /orders does not ask the gate: it is not limited',
    ]);

    const stacks = new CloudFormationClient(clientConfig(api().aws.endpoint));
    await stacks.send(new DeleteStackCommand({ StackName: 'Elsewhere' }));
    await waitUntilStackDeleteComplete({ client: stacks, minDelay: 1, maxWaitTime: 40 }, { StackName: 'Elsewhere' });
    stacks.destroy();
    expect(await ofElsewhere()).toEqual([]);
  }, 90_000);
});
