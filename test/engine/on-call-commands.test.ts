import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createProgram, runProgram } from '../../bin/cli/program.ts';
import { register as override } from '../../bin/commands/override.ts';
import { register as reset } from '../../bin/commands/reset.ts';
import { DeployedPolicyError } from '../../bin/on-call/on-call-error.ts';
import { blockSubject, countBlocks } from '../../bin/registry/blocks.ts';
import { deleteOrder, findOrder, putOrder } from '../../bin/registry/orders.ts';
import { listOverrides, setOverride } from '../../bin/registry/overrides.ts';
import type { Registry } from '../../bin/registry/registry-table.ts';
import { RegistryConflictError } from '../../bin/registry/registry-table-error.ts';
import { resetSubject } from '../../bin/registry/resets.ts';
import { dynamodbRegistry } from '../../lambda/identity/dynamodb-registry.ts';
import { MAX_OVERRIDES, Overrides } from '../../lambda/identity/overrides.ts';
import { readOverride } from '../../lambda/identity/read-override.ts';
import type { Order } from '../../lambda/identity/registry-reader.ts';
import { Limiter } from '../../lambda/limiter/index.ts';
import { rateLimit } from '../../lambda/middleware/rate-limit.ts';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { useEngine } from '../support/engine/use-engine.ts';
import { createRegistryTable } from './registry-table.ts';

const POLICY = `
tiers: [free, gold]
limits:
  client:
    per: client
    rate: { free: 60/minute, gold: 600/minute }
    algorithm: token-bucket
    burst: { free: 20, gold: 200 }
  sign-in: { per: address, routes: [POST /login], rate: 5/minute }
  tried: { per: address, rate: 30/minute, mode: shadow }
`;
const NOW = 1_800_000_000_000;

const engine = useEngine();
const folder = mkdtempSync(path.join(tmpdir(), 'headgate-'));
const file = path.join(folder, 'headgate.yaml');
writeFileSync(file, POLICY);
afterAll(() => rmSync(folder, { recursive: true }));
const policy = compilePolicy(POLICY, file);

let registry: Registry;
let deployed: () => Policy;
let now: number;
beforeEach(async () => {
  now = NOW;
  deployed = () => policy;
  registry = { client: engine.client, table: await createRegistryTable(engine.client), now: () => now };
});

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const program = createProgram(
    [
      (parent) =>
        override(
          parent,
          async () => registry,
          async () => deployed(),
        ),
      (parent) =>
        reset(
          parent,
          async () => registry,
          async () => engine.tableName,
        ),
    ],
    '0.0.0',
    { writeOut: (text) => (out += text), writeErr: (text) => (err += text) },
  );
  return { code: await runProgram(program, args), out, err };
}
const overrideOf = (...args: string[]) => run('override', ...args);
async function orders(): Promise<readonly Order[]> {
  let orders: readonly Order[] = [];
  await dynamodbRegistry(registry.client, registry.table).blocks((all) => {
    orders = all;
  });
  return orders;
}

describe("headgate override --own: a limit of a function's own", () => {
  const name = 'failed-log-ins';
  const ofOwn = (...args: string[]) => overrideOf(name, '--own', ...args);

  test('reaches a container that runs and goes again; blocks and resets do too; the gate passes it over', async () => {
    const lines: string[] = [];
    // biome-ignore lint/suspicious/noExplicitAny: what middy hands over.
    const event: any = {
      ...{ httpMethod: 'POST', resource: '/login', path: '/login', body: 'anna' },
      requestContext: { identity: { sourceIp: '192.0.2.1' } },
    };
    const middleware = rateLimit({
      ...{ name, rate: '2/hour', by: ({ body }: typeof event) => body, clock: () => now },
      ...{ table: engine.tableName, client: engine.client, registry: registry.table },
      ...{ firstDeadlineMs: 5000, deadlineMs: 5000, signals: { gate: 'shop', write: (line) => lines.push(line) } },
    });
    const call = async () => (await middleware.before({ event }))?.statusCode ?? 200;
    const noticed = async () => {
      const reading = jest.spyOn(engine.client, 'send');
      now += 31_000;
      await middleware.before({ event: { ...event, body: 'somebody-else' } });
      await Promise.all(reading.mock.results.map(({ value }) => value));
      reading.mockRestore();
      await new Promise(setImmediate);
    };
    expect([await call(), await call(), await call()]).toEqual([200, 200, 429]);

    const { code, out, err } = await ofOwn('--rate', '3/hour', '--for', '10m', '--reason', 'too tight');
    expect([code, err]).toEqual([0, expect.stringContaining('log `override-applies`')]);
    expect(out).toContain("before  failed-log-ins: as in the function's code\n");
    await noticed();
    expect([await call(), await call()]).toEqual([200, 429]);
    const [order] = await orders();
    const ignored: string[] = [];
    const gate = new Overrides({ policy, clock: () => now, onIgnored: (what) => ignored.push(what) });
    gate.take([order!]);
    expect([ignored, gate.budgetNow(name, 'free')]).toEqual([[], undefined]);

    expect((await overrideOf(name, '--remove')).out).toMatch(
      /as in the function's code(?:.|\n)*npx headgate override failed-log-ins --own --rate 3\/hour --for \d+s --reason 'too tight'/,
    );
    await noticed();
    expect(await call()).toBe(429);
    expect((await run('reset', 'client:anna')).code).toBe(0);
    await noticed();
    expect(await call()).toBe(200);
    await blockSubject(registry, 'client:anna', {});
    await noticed();
    expect(await call()).toBe(403);
    const events = lines.map((line) => JSON.parse(line).event).filter((one) => one && one !== 'limited');
    expect(events).toEqual(['override-applies', 'override-removed', 'reset', 'blocked']);
  });

  test.each([
    [['sign-in', '--own', '--rate', '1/hour', '--for', '1h'], 'leave `--own` away'],
    [[name, '--own', '--rate', '1/hour', '--for', '1h', '--tier', 'gold'], 'a rate alone'],
    [[name, '--own', '--rate', 'often', '--for', '1h'], 'HG270'],
    [['a b', '--own', '--rate', '1/hour', '--for', '1h'], 'no name of a limit'],
    [[name, '--rate', '1/hour', '--for', '1h'], 'add `--own`'],
  ])('%j is refused: %s', async (args, problem) => {
    const { code, err } = await overrideOf(...args);
    expect([code, err]).toEqual([1, expect.stringContaining(problem)]);
    expect(await orders()).toEqual([]);
  });
});

describe('headgate override', () => {
  test('shows before, after and undo; the authorizer reads what the policy would compile to', async () => {
    const { code, out, err } = await overrideOf(
      'client',
      '--rate',
      '10/minute',
      '--for',
      '2h',
      '--reason',
      "it's an attack",
    );
    expect([code, err]).toEqual([0, expect.stringContaining('within 30 seconds')]);
    expect(out).toMatch(/^before {2}client: free 60\/minute with a burst of 20.*; gold 600\/minute/);
    expect(out).toMatch(
      /after {3}client: 10\/minute with a burst of 3: .+, until 2027-01-15T10:00:00.000Z \(it's an attack, by .+\)/,
    );
    expect(out).toContain('undo    npx headgate override client --remove\n');
    const [order] = await orders();
    const read = readOverride(order!, policy);
    if (typeof read === 'string') throw new Error(read);
    // The bucket fills in the same 20 seconds.
    const changed = POLICY.replace(/rate: \{.*\}/, 'rate: 10/minute').replace(/burst: \{.*\}/, 'burst: 3');
    const same = compilePolicy(changed, file);
    expect(Object.fromEntries(read.budgets)).toEqual(same.limits[0]!.budgets);
    expect(read.until * 1000).toBe(NOW + 7_200_000);
  });

  test('a second one is undone by the first; --remove by the command that gave it', async () => {
    await overrideOf('sign-in', '--rate', '1/minute', '--for', '1h');
    now += 600_000;
    const second = await overrideOf('sign-in', '--rate', '100/15 minutes', '--for', '1h', '--json');
    const { before, after, undo, budgets } = JSON.parse(second.out);
    expect([before.rate, after.rate, undo]).toEqual([
      '1/minute',
      '100/15 minutes',
      'npx headgate override sign-in --rate 1/minute --for 3000s',
    ]);
    expect(Object.keys(budgets)).toEqual(['free', 'gold']);
    const removed = await run('override', 'sign-in', '--remove');
    expect(removed.out).toContain("undo    npx headgate override sign-in --rate '100/15 minutes' --for 3600s\n");
    expect(await run('override', 'sign-in', '--remove')).toMatchObject({
      code: 1,
      err: expect.stringContaining('HG231'),
    });
    expect((await run('override', '--list')).err).toContain('Nothing is overridden');
  });

  test('one tier alone, with a burst; the list has those that hold', async () => {
    await overrideOf('client', '--tier', 'gold', '--rate', '6000/second', '--for', '1m', '--burst', '900');
    await overrideOf('client', '--rate', '6000/second', '--for', '1h');
    const listed = JSON.parse((await run('override', '--list', '--json')).out);
    expect(listed).toMatchObject([{ limit: 'client' }, { limit: 'client', tier: 'gold', burst: '900' }]);
    const bursts = (await orders()).map((order) => {
      const read = readOverride(order, policy);
      return typeof read === 'string' ? read : [...read.budgets].map(([tier, { burst }]) => `${tier} ${burst}`);
    });
    expect(bursts).toEqual([['free 120000', 'gold 120000'], ['gold 900']]);
    now += 60_000;
    expect(await listOverrides(registry)).toHaveLength(1);
  });

  test('--dry-run writes nothing; a shadow limit is said to be one', async () => {
    const { code, err } = await overrideOf('tried', '--rate', '1/minute', '--for', '1h', '--dry-run');
    expect([code, err]).toEqual([0, expect.stringMatching(/Nothing was written.*\n.*shadow mode/)]);
    expect(await orders()).toEqual([]);
  });

  test.each([
    [['nobody', '--rate', '1/minute', '--for', '1h'], 1, 'has no limit `nobody`; its limits: client, sign-in, tried'],
    [['sign-im', '--rate', '1/minute', '--for', '1h'], 1, 'did you mean `sign-in`'],
    [['sign-in', '--rate', '1/minut', '--for', '1h'], 1, 'HG270'],
    [['sign-in', '--rate', '1/minute', '--for', '1h', '--tier', 'gold'], 1, 'only a client has a tier'],
    [['client', '--rate', '1/minute', '--for', '1h', '--tier', 'golden'], 1, 'no tier `golden`'],
    [['sign-in', '--rate', '1/minute', '--for', '1h', '--burst', '5'], 1, 'which has no burst'],
    [['client', '--rate', '100/second', '--for', '1h', '--burst', '5'], 1, 'HG111'],
    [['client', '--rate', '10/calendar-month', '--for', '1h'], 1, 'HG124'],
    [['sign-in', '--rate', '1/minute', '--for', '31d'], 2, '30d at most'],
    [['sign-in', '--rate', '1/minute'], 2, 'needs `--rate` and `--for`'],
    [['sign-in', '--remove', '--rate', '1/minute'], 2, 'has no rate'],
    [[], 2, 'which limit?'],
    [['sign-in', '--list'], 2, 'stands alone'],
  ])('%j is refused before anything is written', async (args, exit, message) => {
    const { code, err } = await overrideOf(...args);
    expect([code, err]).toEqual([exit, expect.stringContaining(message)]);
    expect(await orders()).toEqual([]);
  });

  test('is checked by the deployed policy, before a file that differs; by the file where that cannot be read', async () => {
    const other = compilePolicy(POLICY.replace('5/minute', '7/minute'), 'deployed');
    const wanted = ['override', 'sign-in', '--rate', '1/minute', '--for', '1h', '--dry-run'];
    deployed = () => other;
    const both = await run(...wanted, '--policy', file);
    expect(both).toMatchObject({ code: 0, out: expect.stringContaining('sign-in: 7/minute: ') });
    expect(both.err).toContain(`${file} says something else than what is deployed (sign-in)`);
    deployed = () => {
      throw new DeployedPolicyError(new Error('denied'));
    };
    const stand = await run(...wanted, '--policy', file);
    expect(stand).toMatchObject({ code: 0, out: expect.stringContaining('sign-in: 5/minute: ') });
    expect(stand.err).toContain(`HG273: the deployed policy could not be read: denied. ${file} is used instead`);
    expect(JSON.parse((await run(...wanted, '--policy', file, '--json')).out)).toMatchObject({ checkedBy: 'file' });
    expect(await run(...wanted)).toMatchObject({ code: 1, err: expect.stringContaining('HG273') });
  });

  test('a deployed policy that this version would compile to something else is not guessed at', async () => {
    const [limit] = policy.limits;
    const budgets = { ...limit!.budgets, free: { ...limit!.budgets.free!, epochMs: 1 } };
    deployed = () => ({ ...policy, limits: [{ ...limit!, budgets }] });
    const { code, err } = await overrideOf('client', '--rate', '1/minute', '--for', '1h');
    expect([code, err]).toEqual([1, expect.stringContaining('HG270: the deployed policy is of another version')]);
  });

  test('a rate for all that is more for one tier and less for another is said to be so', async () => {
    const { err } = await overrideOf('client', '--rate', '120/minute', '--for', '1h', '--dry-run');
    expect(err).toContain('It gives free more than the policy, and gold less: name one with --tier');
    const one = await overrideOf('client', '--rate', '120/minute', '--tier', 'free', '--for', '1h', '--dry-run');
    expect(one.err).not.toContain('--tier if');
  });

  test('two at once: one is told that the other was there', async () => {
    const one = { key: '#override#client', until: NOW / 1000 + 60, at: 'a' };
    await putOrder(registry, one, undefined);
    await expect(putOrder(registry, { ...one, at: 'b' }, undefined)).rejects.toThrow(RegistryConflictError);
    await putOrder(registry, { ...one, at: 'c' }, one);
    await expect(deleteOrder(registry, one)).rejects.toThrow('HG232: override client was changed');
    expect(await findOrder(registry, one.key)).toEqual({ ...one, at: 'c' });
  });

  test(`no more than ${MAX_OVERRIDES}; lapsed ones make room, and blocks are counted apart`, async () => {
    const wanted = { rate: '1/minute', budgets: {}, forSeconds: 60 };
    for (let i = 0; i < MAX_OVERRIDES; i++) await setOverride(registry, { ...wanted, limit: `limit-${i}` });
    await blockSubject(registry, 'client:acme');
    await blockSubject(registry, 'address:203.0.113.7');
    expect(await countBlocks(registry)).toBe(2);
    await expect(setOverride(registry, { ...wanted, limit: 'one-more' })).rejects.toThrow('HG231');
    await setOverride(registry, { ...wanted, limit: 'limit-3', forSeconds: 3600 });
    now += 60_000;
    await setOverride(registry, { ...wanted, limit: 'one-more' });
    expect((await orders()).map(({ key }) => key)).toEqual(['#override#limit-3', '#override#one-more']);
  });
});

describe('headgate reset', () => {
  test('a subject is empty in the table at once, and in a limiter that remembers it when it is told', async () => {
    const budget = policy.limits[1]!.budgets.free!;
    const charge = { name: 'sign-in', budget, cost: 5, mode: 'enforce', onStoreFailure: 'allow' } as const;
    const subject = 'address:203.0.113.7';
    const ask = [{ subject, charges: [charge] }];
    const [remembers, other] = [0, 1].map(() => new Limiter({ store: engine.store, clock: () => NOW }));
    expect((await remembers!.decide(ask)).allowed).toBe(true);
    expect((await remembers!.decide(ask)).allowed).toBe(false);
    const { code, out } = await run('reset', subject, '--reason', 'a test');
    expect([code, out]).toEqual([0, `all limits of ${subject} are empty\n`]);
    expect((await remembers!.decide(ask)).allowed).toBe(false);
    expect(await orders()).toMatchObject([{ key: `#reset#${subject}`, fields: { why: 'a test' } }]);
    expect((await other!.decide(ask)).allowed).toBe(true);
    remembers!.forget(subject);
    // It was emptied once: what the other has counted since stands.
    const again = await remembers!.decide(ask);
    expect([again.allowed, again.writes]).toEqual([false, 1]);
  });

  test('it can be repeated, and tells where nothing was counted', async () => {
    const { subject, counted } = await resetSubject(registry, {
      subject: 'client:nobody',
      countersTable: engine.tableName,
    });
    expect([subject, counted]).toEqual(['client:nobody', false]);
    now += 1;
    expect((await run('reset', 'client:nobody')).out).toContain('nothing had been counted for client:nobody');
    expect((await orders()).map(({ fields }) => fields.at)).toEqual([new Date(now).toISOString()]);
  });

  test('--dry-run deletes nothing', async () => {
    await engine.client.send(new PutItemCommand({ TableName: engine.tableName, Item: { pk: { S: 'client:kept' } } }));
    const { out, err } = await run('reset', 'client:kept', '--dry-run');
    expect([out, err]).toEqual([
      `would empty all limits of client:kept in ${engine.tableName}\n`,
      expect.stringContaining('Nothing was written'),
    ]);
    const { Items } = await engine.client.send(new ScanCommand({ TableName: engine.tableName }));
    expect(Items?.map(({ pk }) => pk!.S)).toContain('client:kept');
    expect(await orders()).toEqual([]);
  });
});
