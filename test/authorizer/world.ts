import { createAuthorizer } from '../../lambda/authorizer/authorizer.ts';
import { createGate } from '../../lambda/authorizer/gate.ts';
import type { RejectionRecord } from '../../lambda/authorizer/rejection-log.ts';
import { hashKey, keysOf } from '../../lambda/identity/api-key.ts';
import { BlockList } from '../../lambda/identity/block-list.ts';
import { ClientCache } from '../../lambda/identity/client-cache.ts';
import { JwtVerifier } from '../../lambda/identity/jwt/token-verifier.ts';
import type { Block, ClientRecord, Order } from '../../lambda/identity/registry-reader.ts';
import { standingOrders } from '../../lambda/identity/standing-orders.ts';
import { Limiter, StoreError } from '../../lambda/limiter/index.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import type { MetricsSink } from '../../lambda/signals/container-metrics.ts';
import type { MetricName } from '../../lambda/signals/metric-names.ts';
import { memoryStore } from '../../lambda/store/memory.ts';

export const KEYS = { acme: 'acme-key-0123456789abcdef', bob: 'bob-key-0123456789abcdefg' };

/** Everything that a gate meets, in memory: the same code as in the function, apart from DynamoDB. */
export interface World {
  now: number;
  /** Fails every write to the counters. */
  storeDown: boolean;
  registryDown: boolean;
  /** Fails every fetch of an issuer's keys. */
  issuerDown: boolean;
  /** The key sets that issuers publish, by address. */
  readonly keySets: Map<string, unknown>;
  /** Addresses of which key sets were fetched. */
  readonly fetches: string[];
  /** Why tokens proved nothing. */
  readonly refusals: string[];
  blocks: Block[];
  /** Overrides and resets, as they stand beside the blocks. */
  orders: Order[];
  /** What the log says of them. */
  readonly ordersSaid: Readonly<Record<string, string>>[];
  readonly clients: Map<string, ClientRecord>;
  readonly writes: string[];
  /** What the counters table holds, by subject. */
  readonly items: Map<string, unknown>;
  readonly lookUps: string[];
  readonly metrics: MetricName[][];
  /** What the metrics say that each request waited, ms. */
  readonly waited: number[];
  /** What was really waited, on the virtual clock. */
  readonly slept: number[];
  readonly rejections: RejectionRecord[];
  readonly faults: unknown[];
  call(event: unknown): Promise<Answer>;
  readBlocks(): Promise<void>;
}

/** The members of both kinds of answers. */
export interface Answer {
  readonly principalId?: string;
  readonly usageIdentifierKey?: string;
  readonly policyDocument?: { readonly Statement: readonly { readonly Effect: string; readonly Resource: string }[] };
  readonly isAuthorized?: boolean;
  readonly context: Record<string, string>;
}

export function policyOf(yaml: string): Policy {
  const { policy, problems } = parsePolicy(yaml);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return policy;
}

export function createWorld(
  policy: Policy,
  options: {
    softDenyApis?: readonly string[];
    passKeys?: boolean;
    /** Told of what `world.metrics` has too. */
    signals?: MetricsSink;
  } = {},
): World {
  const store = memoryStore();
  const clock = () => world.now;
  const registry = {
    clientByKey: async (sha256: string) => {
      world.lookUps.push(sha256);
      if (world.registryDown) throw new Error('the registry is down');
      return world.clients.get(sha256);
    },
    blocks: async (take?: (orders: readonly Order[]) => void) => {
      if (world.registryDown) throw new Error('the registry is down');
      take?.(world.orders);
      return world.blocks;
    },
  };
  const { onOrders, budgetNow } = standingOrders({
    policy,
    clock,
    forget: (subject) => limiter.forget(subject),
    say: (_, more) => world.ordersSaid.push(more),
    warn: (problem) => world.ordersSaid.push({ problem }),
  });
  const blocks = new BlockList({ registry, clock, onOrders });
  const tokens = new JwtVerifier({
    sources: policy.identify,
    clock,
    fetch: async (uri) => {
      world.fetches.push(uri);
      if (world.issuerDown) throw new Error('the issuer is down');
      return world.keySets.get(uri);
    },
    onRefused: (reason) => world.refusals.push(reason),
  });
  const limiter = new Limiter({
    clock,
    store: {
      async update(subject, write) {
        if (world.storeDown) throw new StoreError('HG303', 'unavailable', 'down');
        world.writes.push(subject);
        return store.update(subject, write);
      },
    },
  });
  const gate = createGate({
    policy,
    clock,
    blocks,
    tokens,
    clients: new ClientCache({ registry, clock, elapsed: clock }),
    budgetNow,
    limiter,
    onFault: (error) => world.faults.push(error),
  });
  const authorizer = createAuthorizer({
    gate,
    clock,
    softDenyApis: new Set(options.softDenyApis),
    ...(options.passKeys && { keyToPass: (request) => keysOf(policy.identify, request)[0] }),
    metrics: {
      record: (names, waitedMs = 0, details) => {
        world.metrics.push([...names]);
        world.waited.push(waitedMs);
        options.signals?.record(names, waitedMs, details);
      },
      failed: () => options.signals?.failed?.(),
    },
    sleep: async (ms) => {
      world.slept.push(ms);
      world.now += ms;
    },
    log: (rejection) => world.rejections.push(rejection),
  });
  const world: World = {
    now: 1_800_000_000_000,
    storeDown: false,
    registryDown: false,
    issuerDown: false,
    keySets: new Map(),
    fetches: [],
    refusals: [],
    blocks: [],
    orders: [],
    ordersSaid: [],
    clients: new Map([
      [hashKey(KEYS.acme), { client: 'acme', tier: 'gold' }],
      [hashKey(KEYS.bob), { client: 'bob', tier: 'free' }],
    ]),
    writes: [],
    items: store.items,
    lookUps: [],
    metrics: [],
    waited: [],
    slept: [],
    rejections: [],
    faults: [],
    call: (event) => authorizer(event) as Promise<Answer>,
    readBlocks: () => blocks.load(),
  };
  return world;
}

/** The event of a REST API's authorizer, as documented. */
export function restEvent(
  options: {
    method?: string;
    path?: string;
    resource?: string;
    ip?: string;
    key?: string;
    token?: string;
    parameters?: Record<string, string>;
  } = {},
) {
  const { method = 'GET', path = '/notes', resource = path, ip = '203.0.113.7', key, token, parameters } = options;
  const headers = {
    Host: 'abc123.execute-api.us-east-1.amazonaws.com',
    ...(key ? { 'X-Api-Key': key } : {}),
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
  };
  return {
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:us-east-1:123456789012:abc123/prod/${method}${path}`,
    resource,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: {},
    pathParameters: parameters ?? null,
    stageVariables: null,
    requestContext: {
      apiId: 'abc123',
      accountId: '123456789012',
      stage: 'prod',
      requestId: 'request-1',
      httpMethod: method,
      resourcePath: resource,
      identity: { sourceIp: ip, userAgent: 'test' },
    },
  };
}

/** The event of an HTTP API's authorizer, payload format 2.0, as documented. */
export function httpEvent(
  options: {
    method?: string;
    path?: string;
    routeKey?: string;
    stage?: string;
    ip?: string;
    key?: string;
    token?: string;
    parameters?: Record<string, string>;
  } = {},
) {
  const { method = 'GET', path = '/notes', stage = '$default', ip = '203.0.113.7', key, token, parameters } = options;
  const routeKey = options.routeKey ?? `${method} ${path}`;
  const rawPath = stage === '$default' ? path : `/${stage}${path}`;
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:us-east-1:123456789012:h77p/${stage}/${method}${path}`,
    identitySource: null,
    routeKey,
    rawPath,
    rawQueryString: '',
    headers: {
      host: 'h77p.execute-api.us-east-1.amazonaws.com',
      ...(key ? { 'x-api-key': key } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(parameters ? { pathParameters: parameters } : {}),
    requestContext: {
      accountId: '123456789012',
      apiId: 'h77p',
      domainName: 'h77p.execute-api.us-east-1.amazonaws.com',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: ip, userAgent: 'test' },
      requestId: 'request-2',
      routeKey,
      stage,
    },
  };
}
