import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteAuthorizerCommand,
  ExportApiCommand,
  GetAuthorizerCommand,
  GetIntegrationCommand,
  GetRouteCommand,
  GetStageCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  type UpdateRouteCommandInput,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { apiUrl } from '../../local/api-url.ts';
import { clientConfig } from '../../local/clients.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';

jest.setTimeout(120_000);

describe('the control plane of HTTP APIs on the patched local AWS', () => {
  let aws: LocalAws;
  let client: ApiGatewayV2Client;
  let ApiId: string;
  let IntegrationId: string;
  let RouteId: string;
  const backend = createServer((_request, response) => void response.end('{}'));

  beforeAll(async () => {
    await once(backend.listen(0, '127.0.0.1'), 'listening');
    aws = await startLocalAws();
    client = new ApiGatewayV2Client(clientConfig(aws.endpoint));
    ApiId = (await client.send(new CreateApiCommand({ Name: 'probe', ProtocolType: 'HTTP' }))).ApiId!;
    const integration = {
      ApiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'GET',
      IntegrationUri: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`,
      PayloadFormatVersion: '1.0',
      ResponseParameters: { 200: { 'overwrite:header.x-own': "'own'" }, 404: { 'overwrite:statuscode': '410' } },
    } as const;
    IntegrationId = (await client.send(new CreateIntegrationCommand(integration))).IntegrationId!;
    RouteId = await addRoute('GET /notes');
    await client.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
    await client.send(new CreateStageCommand({ ApiId, StageName: 'manual' }));
  });
  afterAll(async () => {
    client?.destroy();
    backend.close();
    await aws?.stop();
  });

  const addRoute = async (RouteKey: string): Promise<string> =>
    (await client.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }))).RouteId!;
  const updateRoute = (change: Partial<UpdateRouteCommandInput>) =>
    client.send(new UpdateRouteCommand({ ApiId, RouteId, ...change }));
  const authorizer = (Name: string) =>
    client.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name,
        AuthorizerType: 'REQUEST',
        AuthorizerPayloadFormatVersion: '2.0',
        AuthorizerUri: 'arn:aws:apigateway:none',
        IdentitySource: undefined,
      }),
    );
  const call = (stage: string | undefined, path: string) =>
    fetch(apiUrl(aws.endpoint, ApiId, stage, path)).then((answer) => answer.status);

  const exported = async (StageName?: string) => {
    const input = { ApiId, Specification: 'OAS30', OutputType: 'JSON', StageName };
    const { body } = await client.send(new ExportApiCommand(input));
    const { paths } = JSON.parse(Buffer.from(body!).toString()) as { paths: Record<string, object> };
    return Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, Object.keys(item)]));
  };

  test('a stage without AutoDeploy serves and exports its deployment, one with it the API as it is', async () => {
    expect(await call('manual', '/notes')).toBe(404);
    const deploy = (StageName?: string) => client.send(new CreateDeploymentCommand({ ApiId, StageName }));
    const { DeploymentId: first } = await deploy('manual');
    expect(await call('manual', '/notes')).toBe(200);

    await addRoute('GET /later');
    expect(await exported('manual')).toEqual({ '/notes': ['get'] });
    expect(await exported()).toEqual({ '/notes': ['get'], '/later': ['get'] });
    expect(await call('manual', '/later')).toBe(404);
    expect(await call(undefined, '/later')).toBe(200);
    await deploy('manual');
    expect(await call('manual', '/later')).toBe(200);

    await client.send(new UpdateStageCommand({ ApiId, StageName: 'manual', DeploymentId: first }));
    expect(await call('manual', '/later')).toBe(404);
    expect((await client.send(new GetStageCommand({ ApiId, StageName: 'manual' }))).DeploymentId).toBe(first);
    await expect(deploy('$default')).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(deploy('unknown')).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(
      client.send(new UpdateStageCommand({ ApiId, StageName: '$default', DeploymentId: first })),
    ).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  test('a change of mappings is about the status codes that it names', async () => {
    const update = (ResponseParameters: Record<string, Record<string, string>>) =>
      client.send(new UpdateIntegrationCommand({ ApiId, IntegrationId, ResponseParameters }));
    const mappings = async () =>
      (await client.send(new GetIntegrationCommand({ ApiId, IntegrationId }))).ResponseParameters;

    await update({ 200: { 'append:header.x-limit': "'20'" }, 500: { 'append:header.x-limit': "'20'" } });
    expect(await mappings()).toEqual({
      200: { 'append:header.x-limit': "'20'" },
      404: { 'overwrite:statuscode': '410' },
      500: { 'append:header.x-limit': "'20'" },
    });
    await update({ 200: { 'overwrite:header.x-own': "'own'" }, 500: {} });
    expect(await mappings()).toEqual({
      200: { 'overwrite:header.x-own': "'own'" },
      404: { 'overwrite:statuscode': '410' },
    });
  });

  test('a route is given an authorizer with its type, and loses it with NONE', async () => {
    const { AuthorizerId } = await authorizer('own');
    const route = () => client.send(new GetRouteCommand({ ApiId, RouteId }));

    const { IdentitySource = [] } = await client.send(new GetAuthorizerCommand({ ApiId, AuthorizerId }));
    expect(IdentitySource).toEqual([]);
    await expect(updateRoute({ AuthorizerId })).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(updateRoute({ AuthorizationType: 'CUSTOM', AuthorizerId: 'unknown' })).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    await updateRoute({ AuthorizationType: 'CUSTOM', AuthorizerId });
    expect(await route()).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId });
    await expect(client.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }))).rejects.toMatchObject({
      name: 'ConflictException',
      message: "Cannot delete authorizer 'own', is referenced in route: GET /notes",
    });
    await expect(authorizer('own')).rejects.toMatchObject({ name: 'BadRequestException' });

    await updateRoute({ AuthorizationType: 'NONE' });
    expect((await route()).AuthorizerId).toBeUndefined();
    await client.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }));
  });
});
