import { attach } from '../../../lambda/attach/attach.ts';
import { createControlPlane } from '../../../lambda/attach/control-plane.ts';
import { detach } from '../../../lambda/attach/detach.ts';
import type { AttachReport } from '../../../lambda/attach/engine.ts';
import type { AttachRecord, AttachTarget, RecordStore } from '../../../lambda/attach/model.ts';
import { type Plan, planAttachment } from '../../../lambda/attach/plan.ts';
import { restAdapter } from '../../../lambda/attach/rest/rest-adapter.ts';
import { type FakeConfig, type FakeMethod, FakeRestApi } from './fake-rest-api.ts';

export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:headgate-authorizer';
export const URI = `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;
export const LOG_GROUP = 'arn:aws:logs:eu-central-1:123456789012:log-group:gate-access';
export const NAME = 'headgate-Shop-Gate';

/** A run that ends in the middle, as a function does whose time is up. */
export class Killed extends Error {}

/** An API, the records, and runs against both; a step is a change of either. */
export class World {
  readonly api = new FakeRestApi();
  readonly records = new Map<string, AttachRecord>();
  target: AttachTarget = { kind: 'rest', apiId: 'abc123', stage: 'live', functionArn: FUNCTION_ARN, gate: 'Shop.Gate' };
  /** Steps left until the next one kills the run. */
  fuse = Number.POSITIVE_INFINITY;
  steps = 0;
  /** Steps that one run may do before it has to stop; at least one is done. */
  slice = Number.POSITIVE_INFINITY;
  now = 1_800_000_000_000;
  /** What the control plane slept, ms. */
  slept = 0;

  constructor() {
    this.api.beforeChange = () => this.#step();
  }

  #step(): void {
    this.steps++;
    if (this.fuse-- <= 0) throw new Killed('killed');
  }

  readonly adapter = restAdapter({
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
    for (;;) {
      const from = this.steps;
      const parts = {
        adapter: this.adapter,
        records: this.#store,
        clock: () => this.now++,
        hasTime: () => this.steps - from < this.slice,
      };
      const report = await (verb === 'attach' ? attach(parts, this.target) : detach(parts, this.target));
      if (report.done) return report;
    }
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

  /** Everything that an owner and the callers can tell apart. */
  picture(): unknown {
    const { config, stages, policy } = this.api;
    return structuredClone({
      config,
      policy,
      stages: [...stages].map(([name, stage]) => [name, stage.accessLogSettings, visible(this.api.served(name))]),
    });
  }
}

/** Of what a stage serves: an authorizer that no method asks makes no difference. */
export function visible(served: FakeConfig | undefined): unknown {
  const asked = Object.values(served?.resources ?? {}).flatMap((methods) =>
    Object.values(methods).map(({ authorizerId }) => authorizerId),
  );
  return served && { ...served, authorizers: served.authorizers.filter(({ id }) => asked.includes(id)) };
}

function causedByKill(error: unknown): boolean {
  return error instanceof Killed || (error instanceof Error && causedByKill(error.cause));
}

export const PROXY = {
  type: 'AWS_PROXY',
  httpMethod: 'POST',
  uri: 'arn:aws:apigateway:eu-central-1:lambda:path/notes',
};

export const open = (): FakeMethod => ({ authorizationType: 'NONE', apiKeyRequired: false, methodIntegration: PROXY });

export const preflight = (origin = "'*'"): FakeMethod => ({
  authorizationType: 'NONE',
  apiKeyRequired: false,
  methodIntegration: {
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 204}' },
    integrationResponses: {
      204: {
        statusCode: '204',
        responseParameters: {
          'method.response.header.Access-Control-Allow-Origin': origin,
          'method.response.header.Access-Control-Allow-Methods': "'GET,POST'",
        },
      },
    },
  },
});

/** A shop with two open resources, a keyed method, a preflight, and a catch-all; deployed to `live`. */
export function shop(resources: FakeConfig['resources'] = {}): World {
  const world = new World();
  world.api.config.resources = {
    '/': {},
    '/notes': { GET: open(), POST: open(), OPTIONS: preflight() },
    '/keyed': { GET: { ...open(), apiKeyRequired: true } },
    '/{proxy+}': { ANY: open() },
    ...resources,
  };
  world.api.deploy('live');
  return world;
}

/** Adds an authorizer of the owner's. */
export function ownAuthorizer(world: World, name = 'login'): string {
  const id = world.api.newId('a');
  const authorizerUri = `arn:own:${name}`;
  world.api.config.authorizers.push({ id, name, type: 'TOKEN', authorizerUri, authorizerResultTtlInSeconds: 300 });
  return id;
}
