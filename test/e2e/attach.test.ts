import path from 'node:path';
import { APIGatewayClient, GetResourcesCommand, UpdateMethodCommand } from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  DeleteAccessLogSettingsCommand,
  GetRoutesCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { apiUrl } from '../../local/api-url.ts';
import { bootstrap } from '../../local/cdk.ts';
import { clientConfig } from '../../local/clients.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { httpSnapshot, restSnapshot } from './support/plain-apis/api-snapshot.ts';
import { dyingHandlers } from './support/plain-apis/dying-handlers.ts';
import { deployGate, destroyGate, type GateOptions, gatePolicy, headgate, LIMIT } from './support/plain-apis/gate.ts';
import { middlewareBackend } from './support/plain-apis/middleware-backend.ts';
import { CUSTOMER_KEY, deployPlainApis, LIVE, type PlainApis } from './support/plain-apis/plain-apis.ts';

jest.setTimeout(120_000);

/** What the plain backend answers. */
interface Seen {
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly keyId?: string;
}

/** Of `attach --plan --json`. */
interface Detached {
  readonly apiId: string;
  readonly restores: readonly { readonly key: string }[];
  readonly stages: readonly { readonly stage: string; readonly to: string | null }[];
  readonly authorizer: boolean;
  readonly obstacles: readonly unknown[];
}

// One story: each test goes on where the one before has stopped.
describe('attaching to APIs that know nothing of Headgate, with IAM enforced', () => {
  let aws: LocalAws;
  let apis: PlainApis;
  let restClient: APIGatewayClient;
  let httpClient: ApiGatewayV2Client;
  let before: Awaited<ReturnType<typeof snapshots>>;
  let gate: GateOptions;
  let accessLogGroup: string;

  const snapshots = async () => ({
    rest: await restSnapshot(restClient, apis.rest),
    given: await restSnapshot(restClient, apis.given),
    http: await httpSnapshot(httpClient, apis.http),
    manual: await httpSnapshot(httpClient, apis.manual),
  });
  const from = (address: string, headers = {}) => ({ 'x-forwarded-for': address, ...headers });
  const rest = (route: string, headers = {}, method = 'GET') =>
    fetch(apiUrl(aws.endpoint, apis.rest, LIVE, route), { method, headers });
  const given = (headers = {}) => fetch(apiUrl(aws.endpoint, apis.given, LIVE, '/'), { headers });
  const http = (route: string, headers = {}) => fetch(apiUrl(aws.endpoint, apis.http, undefined, route), { headers });
  const manual = (route: string, headers = {}) => fetch(apiUrl(aws.endpoint, apis.manual, LIVE, route), { headers });
  /** The answers to one request more than the limit lets through. */
  const beyond = async (send: (i: number) => Promise<Response>): Promise<Response[]> => {
    const answers: Response[] = [];
    for (let i = 0; i <= LIMIT; i++) answers.push(await send(i));
    return answers;
  };
  /** The REST API's methods that ask an authorizer, as `METHOD /path`. */
  const asking = async (): Promise<string[]> => {
    const { items = [] } = await restClient.send(
      new GetResourcesCommand({ restApiId: apis.rest, embed: ['methods'], limit: 500 }),
    );
    const methods = items.flatMap(({ path: at, resourceMethods = {} }) =>
      Object.entries(resourceMethods).map(([name, { authorizationType }]) => ({
        route: `${name} ${at}`,
        authorizationType,
      })),
    );
    return methods.flatMap(({ route, authorizationType }) => (authorizationType === 'CUSTOM' ? [route] : [])).sort();
  };
  const statuses = (answers: readonly Response[]) => answers.map(({ status }) => status);
  const allowed = Array.from({ length: LIMIT }, () => 200);

  beforeAll(async () => {
    aws = await startLocalAws();
    await bootstrap(aws);
    apis = await deployPlainApis(aws, await middlewareBackend());
    restClient = new APIGatewayClient(clientConfig(aws.endpoint));
    httpClient = new ApiGatewayV2Client(clientConfig(aws.endpoint));
    before = await snapshots();
    gate = {
      manual: apis.manual,
      apis: [
        `httpApi: "${apis.http}", stage: $default`,
        `restApi: "${apis.rest}", stage: ${LIVE}, sharedDeny: true`,
        `restApi: "${apis.given}", stage: ${LIVE}, replace: true, passKeys: true`,
      ],
    };
  });
  afterAll(async () => {
    restClient?.destroy();
    httpClient?.destroy();
    await aws?.stop();
  });

  test('the plan says what would be touched and what stands in the way, and touches nothing', async () => {
    const apisOf = (policy: string) => headgate(aws, 'attach', '--plan', '--policy', policy);
    const stopped = await apisOf(gatePolicy(aws, [`restApi: "${apis.rest}", stage: ${LIVE}`]));
    expect({ code: stopped.code, output: stopped.output }).toEqual({
      code: 1,
      output: expect.stringMatching(/GET \/own.*"own".*sharedDeny/s),
    });

    const keyless = await apisOf(gatePolicy(aws, [`restApi: "${apis.given}", stage: ${LIVE}, replace: true`]));
    expect({ code: keyless.code, output: keyless.output }).toEqual({
      code: 1,
      output: expect.stringMatching(/GET \/: it requires an API key.*"own".*passKeys/s),
    });

    const planned = await apisOf(gatePolicy(aws, gate.apis));
    expect({ code: planned.code, output: planned.output }).toEqual({
      code: 0,
      output: expect.stringMatching(/GET \/orders.*ANY \/\{proxy\+\}/s),
    });
    expect(await snapshots()).toEqual(before);
  });

  test('a first deployment whose handler is killed is rolled back, and leaves nothing', async () => {
    const handlers = dyingHandlers(path.join(aws.folder, 'dying-first'), { [apis.http]: [3] });
    const first = { ...gate, apis: gate.apis.slice(0, 1), handlers };
    await expect(deployGate(aws, first)).rejects.toThrow(/process died/);

    expect(await snapshots()).toEqual(before);
  });

  test('an HTTP API: 403 over the limit, headers below it beside its own, its own authorizer untouched', async () => {
    await deployGate(aws, { ...gate, apis: gate.apis.slice(0, 1) });

    const answers = await beyond(() => http('/orders', from('192.0.2.1')));
    expect(statuses(answers)).toEqual([...allowed, 403]);
    expect(answers[0]!.headers.get('x-ratelimit-limit')).toBe(String(LIMIT));
    expect(answers[0]!.headers.get('x-served-by')).toBe('plain');
    expect(statuses(await beyond((i) => http(`/any/where/${i}`, from('192.0.2.2'))))).toEqual([...allowed, 403]);

    const own = await beyond(() => http('/own', from('192.0.2.3', { 'x-word': 'sesame' })));
    expect(statuses(own)).toEqual([...allowed, 200]);
    expect(((await own[0]!.json()) as Seen).authorizer).toEqual({ lambda: { user: 'ali' } });
    expect((await http('/own', from('192.0.2.3'))).status).toBe(401);
  });

  test('an API that no deployment has attached is not "repaired": it could not call the authorizer', async () => {
    gatePolicy(aws, gate.apis);
    const { code, output } = await headgate(aws, 'attach', '--repair');

    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(apis.http) });
    expect(output).not.toContain(apis.rest);
    expect(await restSnapshot(restClient, apis.rest)).toEqual(before.rest);
  });

  test('a handler that is killed half-way, and again while it takes back, is no harm: the next deployment completes it', async () => {
    const handlers = dyingHandlers(path.join(aws.folder, 'dying-twice'), { [apis.rest]: [6, 1] });
    await expect(deployGate(aws, { ...gate, handlers })).rejects.toThrow(/process died/);

    const half = await restSnapshot(restClient, apis.rest);
    expect(await asking()).toEqual(['GET /keyed', 'GET /own']);
    expect(half.authorizers).toHaveLength(2);
    // What is live is as it was.
    expect(half.stages).toEqual(before.rest.stages);
    expect(statuses(await beyond(() => rest('/orders', from('192.0.2.4'))))).toEqual([...allowed, 200]);

    const outputs = await deployGate(aws, gate);
    accessLogGroup = Object.entries(outputs).find(([key]) => key.includes('HeadgateAccessLogGroup'))![1];
    const attached = ['ANY /{proxy+}', 'GET /keyed', 'GET /orders', 'GET /orders/{id}', 'GET /own', 'POST /orders'];
    expect(await asking()).toEqual(attached);
  });

  test('a REST API: 429 with headers and its own CORS; preflights and its own authorizer untouched', async () => {
    const answers = await beyond(() => rest('/orders', from('192.0.2.5')));
    expect(statuses(answers)).toEqual([...allowed, 429]);
    const limited = answers.at(-1)!;
    expect(Object.fromEntries(limited.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': expect.stringMatching(/^[1-9]\d*$/),
      'x-ratelimit-limit': String(LIMIT),
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
      'access-control-allow-origin': 'https://shop.example',
    });
    expect(await limited.json()).toMatchObject({ status: 429, limit: 'each' });
    expect(statuses(await beyond((i) => rest(`/some/where/${i}`, from('192.0.2.6'))))).toEqual([...allowed, 429]);

    expect((await rest('/orders', from('192.0.2.5'), 'OPTIONS')).status).toBe(204);
    const own = await beyond(() => rest('/own', from('192.0.2.5', { 'x-word': 'sesame' })));
    expect(statuses(own)).toEqual([...allowed, 200]);
    expect(((await own[0]!.json()) as Seen).authorizer).toMatchObject({ user: 'ali', principalId: 'ali' });
  });

  test("a customer's key that is in no registry works as before, and counts as one client wherever it is used", async () => {
    const answers = await beyond((i) => rest('/keyed', from(`192.0.2.${10 + i}`, { 'x-api-key': CUSTOMER_KEY })));
    expect(statuses(answers)).toEqual([...allowed, 429]);
    const seen = (await answers[0]!.json()) as Seen;
    expect(seen.keyId).toBe(apis.keyId);
    expect(seen.authorizer).toMatchObject({ verdict: 'allowed', client: `apigw:${apis.keyId}` });
    expect((await rest('/keyed', from('192.0.2.20'))).status).toBe(403);
  });

  test('an API that takes keys from its authorizer gets them from the gate in its place', async () => {
    // Who comes with a key that no registry knows is an address: API Gateway knows the key only from the answer.
    const answers = await beyond(() => given(from('192.0.2.40', { 'x-api-key': CUSTOMER_KEY })));
    expect(statuses(answers)).toEqual([...allowed, 429]);
    expect(((await answers[0]!.json()) as Seen).keyId).toBe(apis.keyId);
    expect((await given(from('192.0.2.50', { 'x-api-key': 'a-key-that-is-in-no-plan-of-it' }))).status).toBe(403);
    expect((await given(from('192.0.2.51'))).status).toBe(403);
  });

  test('an HTTP API by the construct, whose backend has the middleware: 429 with headers', async () => {
    const answers = await beyond(() => manual('/orders', from('192.0.2.7')));
    expect(statuses(answers)).toEqual([...allowed, 429]);
    expect(answers[0]!.headers.get('x-ratelimit-remaining')).toBe(String(LIMIT - 1));
    expect(answers.at(-1)!.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });

  test('the access log of all three is one, in which each request stands with who answered it', async () => {
    const logs = new CloudWatchLogsClient(clientConfig(aws.endpoint));
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: accessLogGroup, limit: 10_000 }),
    );
    logs.destroy();
    const lines = events.map(({ message = '' }) => JSON.parse(message) as Record<string, string>);
    const of = (api: string, status: string) => lines.filter((line) => line.api === api && line.status === status);

    expect(of(apis.rest, '429')[0]).toMatchObject({ gate: 'Gate.Gate', response: 'ACCESS_DENIED', route: '/orders' });
    expect(of(apis.http, '403')[0]).toMatchObject({ stage: '$default', backendStatus: '-' });
    expect(of(apis.manual, '429')[0]).toMatchObject({ stage: LIVE, backendStatus: '429' });
  });

  test('what somebody has stripped by hand is found, and mended', async () => {
    const doctor = async () => {
      const { code, output } = await headgate(aws, 'doctor');
      return { code, output };
    };
    expect(await doctor()).toEqual({ code: 0, output: expect.stringContaining('everything is as deployed') });
    const { items = [] } = await restClient.send(new GetResourcesCommand({ restApiId: apis.rest }));
    const resourceId = items.find(({ path: at }) => at === '/orders')!.id;
    const patchOperations = [{ op: 'replace' as const, path: '/authorizationType', value: 'NONE' }];
    const method = { restApiId: apis.rest, resourceId, httpMethod: 'GET' };
    await restClient.send(new UpdateMethodCommand({ ...method, patchOperations }));
    const { Items = [] } = await httpClient.send(new GetRoutesCommand({ ApiId: apis.http }));
    const { RouteId } = Items.find(({ RouteKey }) => RouteKey === 'GET /orders')!;
    await httpClient.send(new UpdateRouteCommand({ ApiId: apis.http, RouteId, AuthorizationType: 'NONE' }));
    await httpClient.send(new DeleteAccessLogSettingsCommand({ ApiId: apis.http, StageName: '$default' }));
    expect(statuses(await beyond(() => http('/orders', from('192.0.2.30'))))).toEqual([...allowed, 200]);
    const sick = await doctor();
    expect(sick.code).toBe(1);
    for (const api of [`HTTP API ${apis.http}`, `REST API ${apis.rest}`]) {
      expect(sick.output).toMatch(new RegExp(`not ok.*${api}.*GET /orders`));
    }

    expect(sick.output).toMatch(new RegExp(`not ok.*${apis.http}.*access-log is gone`));

    const { code, output } = await headgate(aws, 'attach', '--repair');

    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/GET \/orders.*access-log/s) });
    expect(await asking()).toContain('GET /orders');
    expect(await doctor()).toEqual({ code: 0, output: expect.stringContaining('everything is as deployed') });
    expect(statuses(await beyond(() => rest('/orders', from('192.0.2.31'))))).toEqual([...allowed, 429]);
    expect(statuses(await beyond(() => http('/orders', from('192.0.2.32'))))).toEqual([...allowed, 403]);
  });

  test('the plan says what taking an API out of the policy gives back, and touches nothing', async () => {
    const attached = await snapshots();
    const only = gatePolicy(aws, gate.apis.slice(0, 1));
    const { code, output } = await headgate(aws, 'attach', '--plan', '--json', '--policy', only);
    expect({ code, output }).toMatchObject({ code: 0 });
    const { detaches } = JSON.parse(output.slice(output.indexOf('{'))) as { detaches: Detached[] };
    const byId = new Map(detaches.map((one) => [one.apiId, one]));
    expect([...byId.keys()].sort()).toEqual([apis.rest, apis.given, apis.manual].sort());
    const { restores, stages, authorizer, obstacles } = byId.get(apis.rest)!;
    expect(restores.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['method GET /orders', 'method ANY /{proxy+}', 'gateway-response ACCESS_DENIED']),
    );
    expect(stages).toEqual([{ stage: LIVE, to: (before.rest.stages as { deploymentId: string }[])[0]!.deploymentId }]);
    expect({ authorizer, obstacles }).toEqual({ authorizer: true, obstacles: [] });
    expect(await snapshots()).toEqual(attached);
  });

  test('when the gate goes, all of the APIs are equal to before', async () => {
    await destroyGate(aws);

    expect(await snapshots()).toEqual(before);
    expect(statuses(await beyond(() => rest('/orders', from('192.0.2.8'))))).toEqual([...allowed, 200]);
    expect(statuses(await beyond(() => http('/orders', from('192.0.2.8'))))).toEqual([...allowed, 200]);
    expect(statuses(await beyond(() => manual('/orders', from('192.0.2.8'))))).toEqual([...allowed, 200]);
    const word = { 'x-word': 'sesame', 'x-plan-key': CUSTOMER_KEY };
    expect(statuses(await beyond(() => given(from('192.0.2.8', word))))).toEqual([...allowed, 200]);
  });
});
