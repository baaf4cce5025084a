import { attach } from '../../../lambda/attach/attach.ts';
import { createControlPlane } from '../../../lambda/attach/control-plane.ts';
import { detach } from '../../../lambda/attach/detach.ts';
import type { AttachReport } from '../../../lambda/attach/engine.ts';
import { httpAdapter } from '../../../lambda/attach/http/http-adapter.ts';
import type { AttachRecord, AttachTarget, RecordStore } from '../../../lambda/attach/model.ts';
import { type Plan, planAttachment } from '../../../lambda/attach/plan.ts';
import { FUNCTION_ARN, Killed } from '../support/world.ts';
import { type FakeConfig, FakeHttpApi, type FakeRoute } from './fake-http-api.ts';

/** An HTTP API, the records, and runs against both; a step is a change of either. */
export class HttpWorld {
  readonly api = new FakeHttpApi();
  readonly records = new Map<string, AttachRecord>();
  target: AttachTarget = { kind: 'http', apiId: 'h77p', stage: 'live', functionArn: FUNCTION_ARN, gate: 'Shop.Gate' };
  fuse = Number.POSITIVE_INFINITY;
  steps = 0;
  now = 1_800_000_000_000;
  slept = 0;

  constructor() {
    this.api.beforeChange = () => this.#step();
  }

  #step(): void {
    this.steps++;
    if (this.fuse-- <= 0) throw new Killed('killed');
  }

  readonly adapter = httpAdapter({
    client: this.api.client,
    plane: createControlPlane({
      clock: () => this.now,
      sleep: async (ms) => {
        this.slept += ms;
        this.now += ms;
      },
      random: () => 0.5,
    }),
  });

  readonly #store: RecordStore = {
    all: async () => new Map([...this.records].sort(([, a], [, b]) => a.at - b.at)),
    putFirst: async (record) => {
      this.#step();
      const there = this.records.get(record.key);
      if (there === undefined) this.records.set(record.key, structuredClone(record));
      return there ?? record;
    },
    update: async (record) => {
      this.#step();
      this.records.set(record.key, structuredClone(record));
    },
    remove: async (key) => {
      this.#step();
      this.records.delete(key);
    },
  };

  async run(verb: 'attach' | 'detach', options: Partial<AttachTarget> = {}): Promise<AttachReport> {
    this.target = { ...this.target, ...options };
    const parts = { adapter: this.adapter, records: this.#store, clock: () => this.now++, hasTime: () => true };
    return verb === 'attach' ? attach(parts, this.target) : detach(parts, this.target);
  }

  /** Runs until the given step, which kills. @returns false where the run ended before */
  async runUntilKilled(verb: 'attach' | 'detach', steps: number): Promise<boolean> {
    this.fuse = steps;
    try {
      await this.run(verb);
      return false;
    } catch (error) {
      if (!causedByKill(error)) throw error;
      return true;
    } finally {
      this.fuse = Number.POSITIVE_INFINITY;
    }
  }

  async plan(options: Partial<AttachTarget> = {}): Promise<Plan> {
    const target = { ...this.target, ...options };
    const state = await this.adapter.read(target);
    if (state === undefined) throw new Error('no API');
    return planAttachment(this.adapter, state, target, this.records);
  }

  /** Keys of the routes that ask the gate's authorizer. */
  guarded(): string[] {
    const { routes, authorizers } = this.api.config;
    const ours = authorizers.find(({ Name }) => Name === 'headgate-Shop-Gate')?.AuthorizerId;
    return routes.filter((one) => ours !== undefined && one.AuthorizerId === ours).map(({ RouteKey }) => RouteKey);
  }

  /** Everything that an owner and the callers can tell apart. */
  picture(): unknown {
    const { config, stages } = this.api;
    return structuredClone({
      config,
      stages: [...stages].map(([name, stage]) => [name, stage.AccessLogSettings, this.api.served(name)]),
    });
  }
}

function causedByKill(error: unknown): boolean {
  return error instanceof Killed || (error instanceof Error && causedByKill(error.cause));
}

/**
 * A shop: two routes and a `$default` on integrations of their own, a preflight route, one integration that two routes
 * share, and a call of an AWS service; served by `live`, by itself or by a deployment.
 */
export function shop(options: { autoDeploy?: boolean; routes?: (world: HttpWorld) => FakeRoute[] } = {}): HttpWorld {
  const world = new HttpWorld();
  const integration = (id: string, more: Partial<FakeConfig['integrations'][number]> = {}) => ({
    IntegrationId: id,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: `arn:lambda:${id}`,
    ...more,
  });
  world.api.config.integrations = [
    integration('notes'),
    integration('login', {
      ResponseParameters: { 200: { 'append:header.x-shop': 'yes' }, 418: { 'remove:header.a': "''" } },
    }),
    integration('rest'),
    integration('queue', { IntegrationSubtype: 'SQS-SendMessage', RequestParameters: { QueueUrl: 'q' } }),
  ];
  world.api.config.routes = [
    route(world, 'GET /notes', 'notes'),
    route(world, 'POST /notes', 'notes'),
    route(world, 'OPTIONS /notes', 'notes'),
    route(world, 'POST /login', 'login'),
    route(world, 'POST /jobs', 'queue'),
    route(world, '$default', 'rest'),
    ...(options.routes?.(world) ?? []),
  ];
  if (options.autoDeploy ?? true) world.api.stages.set('live', { AutoDeploy: true });
  else world.api.deploy('live');
  return world;
}

export function route(world: HttpWorld, key: string, integration: string, more: Partial<FakeRoute> = {}): FakeRoute {
  const id = world.api.newId('r');
  return { RouteId: id, RouteKey: key, Target: `integrations/${integration}`, AuthorizationType: 'NONE', ...more };
}

/** Adds a JWT authorizer of the owner's. */
export function jwtAuthorizer(world: HttpWorld): string {
  const AuthorizerId = world.api.newId('a');
  const JwtConfiguration = { Issuer: 'https://login.example.com', Audience: ['shop'] };
  world.api.config.authorizers.push({ AuthorizerId, Name: 'jwt', AuthorizerType: 'JWT', JwtConfiguration });
  return AuthorizerId;
}

/** Adds a route that asks it, with a scope. */
export function jwtRoute(world: HttpWorld, key = 'GET /account', integration = 'notes'): FakeRoute {
  const AuthorizerId = jwtAuthorizer(world);
  return route(world, key, integration, {
    AuthorizationType: 'JWT',
    AuthorizerId,
    AuthorizationScopes: ['read', 'me'],
  });
}
