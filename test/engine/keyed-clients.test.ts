import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { createProgram, runProgram } from '../../bin/cli/program.ts';
import { register as block } from '../../bin/commands/block.ts';
import { register as client } from '../../bin/commands/client.ts';
import { register as unblock } from '../../bin/commands/unblock.ts';
import type { Gateway } from '../../bin/gateway-keys/gateway.ts';
import type { Registry } from '../../bin/registry/registry-table.ts';
import { hashKey } from '../../lambda/identity/api-key.ts';
import { dynamodbRegistry } from '../../lambda/identity/dynamodb-registry.ts';
import { useEngine } from '../support/engine/use-engine.ts';
import { createRegistryTable } from './registry-table.ts';

/** The parts of the commands' inputs that the fake reads. */
interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: {
    readonly value: string;
    readonly enabled: boolean;
    readonly apiKey: string;
    readonly keyId: string;
    readonly usagePlanId: string;
    readonly patchOperations: readonly [{ readonly value: string }];
  };
}

/** API Gateway's keys and plans, for faults that the real one does not show on demand. It allows what AWS allows. */
class FakeApiGateway {
  readonly plans = new Map([
    ['p-free', { name: 'Shop.Gate-free', keys: new Set<string>() }],
    ['p-gold', { name: 'Shop.Gate-gold', keys: new Set<string>() }],
    ['p-own', { name: 'partners', keys: new Set<string>() }],
  ]);
  readonly keys = new Map<string, { value: string; enabled: boolean }>();
  /** Commands that fail, by name. */
  readonly failing = new Set<string>();

  async send({ constructor: { name }, input }: Sent): Promise<unknown> {
    if (this.failing.has(name)) throw Object.assign(new Error(`${name} is down`), { name: 'InternalFailure' });
    switch (name) {
      case 'CreateApiKeyCommand': {
        if ([...this.keys.values()].some(({ value }) => value === input.value)) throw refusal('ConflictException');
        const id = `key${this.keys.size + 1}`;
        this.keys.set(id, { value: input.value, enabled: input.enabled });
        return { id };
      }
      case 'UpdateApiKeyCommand':
        this.#key(input.apiKey).enabled = input.patchOperations[0].value === 'true';
        return {};
      case 'DeleteApiKeyCommand':
        this.#key(input.apiKey);
        this.keys.delete(input.apiKey);
        for (const plan of this.plans.values()) plan.keys.delete(input.apiKey);
        return {};
      case 'GetUsagePlansCommand':
        return {
          items: [...this.plans]
            .filter(([, plan]) => input.keyId === undefined || plan.keys.has(input.keyId))
            .map(([id, plan]) => ({ id, name: plan.name })),
        };
      case 'CreateUsagePlanKeyCommand': {
        this.#key(input.keyId);
        const gates = [...this.plans.values()].filter((plan) => plan.name.startsWith('Shop.'));
        if (gates.some((plan) => plan.keys.has(input.keyId))) throw refusal('ConflictException');
        this.plans.get(input.usagePlanId)!.keys.add(input.keyId);
        return {};
      }
      case 'DeleteUsagePlanKeyCommand':
        this.plans.get(input.usagePlanId)!.keys.delete(input.keyId);
        return {};
    }
    throw new Error(`${name} is not known here`);
  }

  plansOf(keyId: string): string[] {
    return [...this.plans.values()].filter(({ keys }) => keys.has(keyId)).map(({ name }) => name);
  }

  #key(id: string) {
    const key = this.keys.get(id);
    if (key === undefined) throw refusal('NotFoundException');
    return key;
  }
}

const refusal = (name: string) => Object.assign(new Error(name), { name });

const engine = useEngine();
let registry: Registry;
let api: FakeApiGateway;
beforeEach(async () => {
  registry = { client: engine.client, table: await createRegistryTable(engine.client), now: () => 1_800_000_000_000 };
  api = new FakeApiGateway();
});

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const connectGateway = async (): Promise<Gateway> => ({
    client: api as unknown as APIGatewayClient,
    gate: 'Shop.Gate',
  });
  const program = createProgram(
    [client, block, unblock].map((register) => (parent) => register(parent, async () => registry, connectGateway)),
    '0.0.0',
    { writeOut: (text) => (out += text), writeErr: (text) => (err += text) },
  );
  const code = await runProgram(program, args);
  return { code, out, err };
}
const add = async (...more: string[]) =>
  JSON.parse((await run('client', 'add', 'acme', '--tier', 'free', '--api-key', '--json', ...more)).out);
const reader = () => dynamodbRegistry(registry.client, registry.table);

describe('npx headgate client add --api-key', () => {
  test('makes one key for API Gateway and the registry, in the plan of the tier', async () => {
    const { key, after } = await add();
    expect(api.keys.get(after.apiKeyId)).toEqual({ value: key, enabled: true });
    expect(api.plansOf(after.apiKeyId)).toEqual(['Shop.Gate-free']);
    expect(await reader().clientByKey(hashKey(key))).toEqual({ client: 'acme', tier: 'free' });
    expect(JSON.parse((await run('client', 'show', 'acme', '--json')).out)).toMatchObject({ apiKeyId: after.apiKeyId });
  });

  test('says what it did; a dry run makes nothing', async () => {
    const dry = await run('client', 'add', 'acme', '--tier', 'free', '--api-key', '--dry-run');
    expect(dry.out).toContain('with a key of API Gateway in the plan of the tier');
    expect(api.keys.size).toBe(0);
    const { out } = await run('client', 'add', 'acme', '--tier', 'free', '--api-key');
    expect(out).toContain('client acme, tier free, API Gateway key key1 in the plan of the tier');
  });

  test('a tier without a plan is said before anything is made', async () => {
    const { code, err } = await run('client', 'add', 'acme', '--tier', 'trial', '--api-key');
    expect([code, api.keys.size]).toEqual([1, 0]);
    expect(err).toContain('HG233: there is no usage plan Shop.Gate-trial');
    expect((await run('client', 'show', 'acme')).code).toBe(1);
  });

  test('what fails half-way is taken back: the plan', async () => {
    api.failing.add('CreateUsagePlanKeyCommand');
    const { code, err } = await run('client', 'add', 'acme', '--tier', 'free', '--api-key');
    expect([code, api.keys.size]).toEqual([1, 0]);
    expect(err).toContain('CreateUsagePlanKeyCommand is down');
    expect((await run('client', 'list', '--json')).out.trim()).toBe('[]');
  });

  test('what fails half-way is taken back: the registry', async () => {
    await run('client', 'add', 'acme', '--tier', 'free');
    const { err } = await run('client', 'add', 'acme', '--tier', 'free', '--api-key');
    expect(err).toContain('there is a client acme already');
    expect(api.keys.size).toBe(0);
  });

  test('what cannot be taken back is named, without the key', async () => {
    api.failing.add('CreateUsagePlanKeyCommand').add('DeleteApiKeyCommand');
    const { err, out } = await run('client', 'add', 'acme', '--tier', 'free', '--api-key');
    expect(err).toContain('HG234');
    expect(err).toContain('the API Gateway key key1 could not be taken back: remove by hand');
    expect(out + err).not.toContain(api.keys.get('key1')!.value);
  });
});

describe('what becomes of a client becomes of its key', () => {
  test('set-tier moves it to the plan of that tier, and touches no plan of others', async () => {
    const { after } = await add();
    api.plans.get('p-own')!.keys.add(after.apiKeyId);
    expect((await run('client', 'set-tier', 'acme', 'gold')).code).toBe(0);
    expect(api.plansOf(after.apiKeyId)).toEqual(['Shop.Gate-gold', 'partners']);
  });

  test('set-tier that fails half-way says so, and is mended by running it again', async () => {
    const { after } = await add();
    api.failing.add('CreateUsagePlanKeyCommand');
    const { code, err } = await run('client', 'set-tier', 'acme', 'gold');
    expect(code).toBe(1);
    expect(err).toContain('acme has the tier gold in the registry, but its key is not in the usage plan yet');
    api.failing.clear();
    expect((await run('client', 'set-tier', 'acme', 'gold')).code).toBe(0);
    expect(api.plansOf(after.apiKeyId)).toEqual(['Shop.Gate-gold']);
  });

  test('a block for good disables it, lifting the block enables it', async () => {
    await add();
    expect((await run('block', 'client:acme')).err).toContain('Its API Gateway key key1 is disabled.');
    expect(api.keys.get('key1')!.enabled).toBe(false);
    expect(JSON.parse((await run('unblock', 'client:acme', '--json')).out)).toMatchObject({
      apiKey: { id: 'key1', enabled: true },
    });
    expect(api.keys.get('key1')!.enabled).toBe(true);
  });

  test('a block for a time leaves it: nobody would enable it again', async () => {
    await add();
    expect((await run('block', 'client:acme', '--for', '1h')).err).toContain('key key1 stays as it is');
    expect(api.keys.get('key1')!.enabled).toBe(true);
  });

  test('a dry run changes nothing', async () => {
    await add();
    expect((await run('block', 'client:acme', '--dry-run')).err).toContain('key key1 would be disabled');
    expect(api.keys.get('key1')!.enabled).toBe(true);
  });

  test('a key that is known by its id alone follows too', async () => {
    await add();
    await run('block', 'client:apigw:key1');
    expect(api.keys.get('key1')!.enabled).toBe(false);
    expect((await run('block', 'client:apigw:gone')).err).toContain('API Gateway has no key gone any more.');
  });

  test('remove deletes it, also where it is gone already', async () => {
    await add();
    api.keys.clear();
    const { code, out } = await run('client', 'remove', 'acme');
    expect(code).toBe(0);
    expect(out).toContain('npx headgate client add acme --tier free --api-key --key -');
    const { after } = await add();
    expect((await run('client', 'remove', 'acme')).code).toBe(0);
    expect(api.keys.has(after.apiKeyId)).toBe(false);
  });
});
