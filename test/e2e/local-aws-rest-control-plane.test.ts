import { Readable } from 'node:stream';
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteAuthorizerCommand,
  DeleteDeploymentCommand,
  DeleteGatewayResponseCommand,
  FlushStageAuthorizersCacheCommand,
  GetApiKeyCommand,
  GetAuthorizerCommand,
  GetDeploymentCommand,
  GetExportCommand,
  GetGatewayResponseCommand,
  GetGatewayResponsesCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetUsageCommand,
  GetUsagePlanCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  UpdateApiKeyCommand,
  UpdateAuthorizerCommand,
  UpdateGatewayResponseCommand,
  UpdateMethodCommand,
  UpdateStageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { apiUrl } from '../../local/api-url.ts';
import { clientConfig } from '../../local/clients.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';

jest.setTimeout(120_000);

describe('the control plane of REST APIs on the patched local AWS', () => {
  let aws: LocalAws;
  let client: APIGatewayClient;
  let restApiId: string;
  /** The resource `/notes`; it has `GET`, and `POST` with an API key, both answered by a mock. */
  let resourceId: string;
  let first: string;

  beforeAll(async () => {
    aws = await startLocalAws();
    client = new APIGatewayClient(clientConfig(aws.endpoint));
    const api = await client.send(new CreateRestApiCommand({ name: 'probe' }));
    restApiId = api.id!;
    const resource = { restApiId, parentId: api.rootResourceId!, pathPart: 'notes' };
    resourceId = (await client.send(new CreateResourceCommand(resource))).id!;
    await putMethod('GET', {});
    await putMethod('POST', { apiKeyRequired: true });
    first = await deploy('prod');
  });
  afterAll(async () => {
    client?.destroy();
    await aws?.stop();
  });

  async function putMethod(httpMethod: string, more: object): Promise<void> {
    const method = { restApiId, resourceId, httpMethod };
    await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE', ...more }));
    const requestTemplates = { 'application/json': '{"statusCode": 200}' };
    await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }));
    await client.send(new PutIntegrationResponseCommand({ ...method, statusCode: '200' }));
  }
  const deploy = async (stageName?: string): Promise<string> =>
    (await client.send(new CreateDeploymentCommand({ restApiId, ...(stageName && { stageName }) }))).id!;
  const patch = (path: string, value?: string, op: 'add' | 'remove' | 'replace' = 'replace') => ({ op, path, value });
  const call = (method: string, headers = {}) =>
    fetch(apiUrl(aws.endpoint, restApiId, 'prod', '/notes'), { method, headers }).then((answer) => answer.status);
  const authorizer = (name: string) =>
    client.send(
      new CreateAuthorizerCommand({ restApiId, name, type: 'REQUEST', authorizerUri: 'arn:aws:apigateway:none' }),
    );

  test('a stage serves and exports its deployment, and an older one again when it is put back', async () => {
    await putMethod('DELETE', {});
    const unauthorized = { restApiId, responseType: 'UNAUTHORIZED' } as const;
    await client.send(new PutGatewayResponseCommand({ ...unauthorized, statusCode: '418' }));
    expect(await call('DELETE')).toBe(403);
    const second = await deploy();
    const serve = (id: string) =>
      client.send(
        new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations: [patch('/deploymentId', id)] }),
      );
    const exported = async () => {
      const target = { restApiId, stageName: 'prod', exportType: 'oas30', accepts: 'application/json' };
      const { body } = await client.send(new GetExportCommand({ ...target, parameters: { extensions: 'apigateway' } }));
      const document = JSON.parse(new TextDecoder().decode(body));
      return {
        methods: Object.keys(document.paths['/notes']).sort(),
        responses: document['x-amazon-apigateway-gateway-responses'],
      };
    };

    expect(await exported()).toEqual({ methods: ['get', 'post'], responses: undefined });
    await serve(second);
    expect(await call('DELETE')).toBe(200);
    expect(await exported()).toMatchObject({
      methods: ['delete', 'get', 'post'],
      responses: { UNAUTHORIZED: { statusCode: '418' } },
    });
    await serve(first);
    expect(await call('DELETE')).toBe(403);
    expect(await call('GET')).toBe(200);
  });

  test('methods and the summary of a deployment are given to who asks for them', async () => {
    const plain = await client.send(new GetResourcesCommand({ restApiId }));
    const full = await client.send(new GetResourcesCommand({ restApiId, embed: ['methods'] }));
    const notes = ({ items = [] }: typeof plain) => items.find((item) => item.path === '/notes')!;

    expect(notes(plain).resourceMethods!.GET!.methodIntegration).toBeUndefined();
    expect(notes(full).resourceMethods!.GET!.methodIntegration!.type).toBe('MOCK');
    expect(plain.items!.find((item) => item.path === '/')).not.toHaveProperty('resourceMethods');

    await client.send(
      new UpdateMethodCommand({
        restApiId,
        resourceId,
        httpMethod: 'GET',
        patchOperations: [patch('/apiKeyRequired', 'true')],
      }),
    );
    const deployment = { restApiId, deploymentId: first };
    expect((await client.send(new GetDeploymentCommand(deployment))).apiSummary).toBeUndefined();
    const { apiSummary } = await client.send(new GetDeploymentCommand({ ...deployment, embed: ['apisummary'] }));
    expect(apiSummary).toEqual({
      '/notes': {
        GET: { authorizationType: 'NONE', apiKeyRequired: false },
        POST: { authorizationType: 'NONE', apiKeyRequired: true },
      },
    });
    await client.send(
      new UpdateMethodCommand({
        restApiId,
        resourceId,
        httpMethod: 'GET',
        patchOperations: [patch('/apiKeyRequired', 'false')],
      }),
    );
  });

  test('what is not set is not in the answer', async () => {
    let raw = '';
    const spied = new APIGatewayClient(clientConfig(aws.endpoint));
    spied.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { body } = result.response as { body: AsyncIterable<Uint8Array> };
        const chunks = [];
        for await (const chunk of body) chunks.push(chunk);
        raw = Buffer.concat(chunks).toString();
        return { ...result, response: { ...(result.response as object), body: Readable.from(chunks) } };
      },
      { step: 'deserialize', priority: 'low' },
    );
    await spied.send(new GetMethodCommand({ restApiId, resourceId, httpMethod: 'GET' })).catch(() => {});
    spied.destroy();
    expect(JSON.parse(raw)).toMatchObject({ httpMethod: 'GET', authorizationType: 'NONE' });
    expect(raw).not.toContain('null');
  });

  test('a gateway response is changed member by member; a default one cannot be deleted', async () => {
    const target = { restApiId, responseType: 'THROTTLED' } as const;
    const all = async () => (await client.send(new GetGatewayResponsesCommand({ restApiId }))).items!;
    const isDefault = async () => (await all()).find((item) => item.responseType === 'THROTTLED')!.defaultResponse;

    expect(await isDefault()).toBe(true);
    await expect(client.send(new DeleteGatewayResponseCommand(target))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    await client.send(new PutGatewayResponseCommand({ ...target, statusCode: '420' }));
    await client.send(
      new UpdateGatewayResponseCommand({
        ...target,
        patchOperations: [
          patch('/statusCode', '429'),
          patch('/responseParameters/gatewayresponse.header.Retry-After', "'1'", 'add'),
          patch('/responseTemplates/application~1json', '{"slow":"down"}', 'replace'),
        ],
      }),
    );
    expect(await client.send(new GetGatewayResponseCommand(target))).toMatchObject({
      defaultResponse: false,
      statusCode: '429',
      responseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
      responseTemplates: { 'application/json': '{"slow":"down"}' },
    });
    await client.send(new DeleteGatewayResponseCommand(target));
    expect(await isDefault()).toBe(true);
  });

  test('patch operations turn texts into what the member is; NONE takes the authorizer away', async () => {
    const authorizerId = (await authorizer('typed')).id!;
    const ttl = [patch('/authorizerResultTtlInSeconds', '0')];
    await client.send(new UpdateAuthorizerCommand({ restApiId, authorizerId, patchOperations: ttl }));
    expect(
      (await client.send(new GetAuthorizerCommand({ restApiId, authorizerId }))).authorizerResultTtlInSeconds,
    ).toBe(0);

    const { identitySource } = await client.send(new GetAuthorizerCommand({ restApiId, authorizerId }));
    expect(identitySource).toBeUndefined();

    const method = { restApiId, resourceId, httpMethod: 'GET' };
    const update = (patchOperations: ReturnType<typeof patch>[]) =>
      client.send(new UpdateMethodCommand({ ...method, patchOperations }));
    await update([patch('/authorizationType', 'CUSTOM'), patch('/authorizerId', authorizerId)]);
    expect((await client.send(new GetMethodCommand(method))).authorizerId).toBe(authorizerId);
    const scope = (op: 'add' | 'remove', value: string) => patch('/authorizationScopes', value, op);
    await update([scope('add', 'read'), scope('add', 'write'), scope('remove', 'read')]);
    expect((await client.send(new GetMethodCommand(method))).authorizationScopes).toEqual(['write']);
    await update([scope('remove', 'write'), patch('/authorizationType', 'NONE')]);
    expect((await client.send(new GetMethodCommand(method))).authorizerId).toBeUndefined();

    const { id: apiKey } = await client.send(new CreateApiKeyCommand({ name: 'typed', enabled: true }));
    await client.send(new UpdateApiKeyCommand({ apiKey, patchOperations: [patch('/enabled', 'false')] }));
    expect((await client.send(new GetApiKeyCommand({ apiKey }))).enabled).toBe(false);
  });

  test('a plan gets and loses stages and limits of methods, and its keys work', async () => {
    const value = 'probe-key-of-a-plan-0123456789';
    const { id: keyId } = await client.send(new CreateApiKeyCommand({ name: 'planned', enabled: true, value }));
    const { id: usagePlanId } = await client.send(
      new CreateUsagePlanCommand({ name: 'probe', quota: { limit: 5, period: 'DAY' } }),
    );
    await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
    const update = (...patchOperations: ReturnType<typeof patch>[]) =>
      client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }));
    const plan = () => client.send(new GetUsagePlanCommand({ usagePlanId }));
    const stage = `${restApiId}:prod`;
    const throttle = `/apiStages/${stage}/throttle/~1notes/POST`;
    expect(await call('POST', { 'x-api-key': value })).toBe(403);

    await update(patch('/apiStages', stage, 'add'));
    expect(await call('POST', { 'x-api-key': value })).toBe(200);
    await update(patch(`${throttle}/rateLimit`, '2.5', 'replace'), patch(`${throttle}/burstLimit`, '9', 'replace'));
    await update(patch('/throttle/burstLimit', '7', 'replace'), patch('/throttle/rateLimit', '3', 'replace'));
    expect(await plan()).toMatchObject({
      apiStages: [{ apiId: restApiId, stage: 'prod', throttle: { '/notes/POST': { rateLimit: 2.5, burstLimit: 9 } } }],
      throttle: { burstLimit: 7, rateLimit: 3 },
    });
    const dates = { startDate: '2026-01-01', endDate: '2026-12-31' };
    const { items } = await client.send(new GetUsageCommand({ usagePlanId, ...dates }));
    expect(items).toEqual({ [keyId!]: [[1, 4]] });

    await update(patch('/apiStages', stage, 'remove'));
    expect((await plan()).apiStages).toEqual([]);
    expect(await call('POST', { 'x-api-key': value })).toBe(403);
    await expect(update(patch(`${throttle}/rateLimit`, '1'))).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test('what AWS refuses is refused', async () => {
    const authorizerId = (await authorizer('in-use')).id!;
    const method = { restApiId, resourceId, httpMethod: 'GET' };
    const authorizeBy = (id: string) =>
      client.send(
        new UpdateMethodCommand({
          ...method,
          patchOperations: [patch('/authorizationType', 'CUSTOM'), patch('/authorizerId', id)],
        }),
      );
    const remove = () => client.send(new DeleteAuthorizerCommand({ restApiId, authorizerId }));
    await authorizeBy(authorizerId);

    await expect(remove()).rejects.toMatchObject({
      name: 'ConflictException',
      message: "Cannot delete authorizer 'in-use', is referenced in method: GET//notes",
    });
    await expect(authorizer('in-use')).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(authorizeBy('unknown')).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(client.send(new DeleteDeploymentCommand({ restApiId, deploymentId: first }))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    await client.send(new UpdateMethodCommand({ ...method, patchOperations: [patch('/authorizationType', 'NONE')] }));
    await remove();
    await client.send(new FlushStageAuthorizersCacheCommand({ restApiId, stageName: 'prod' }));
  });
});
