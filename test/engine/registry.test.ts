import { BatchWriteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { blockSubject, MAX_BLOCKS, showBlock, unblockSubject } from '../../bin/registry/blocks.ts';
import { addClient, listClients, removeClient, setTier, showClient } from '../../bin/registry/clients.ts';
import type { Registry } from '../../bin/registry/registry-table.ts';
import { RegistryConflictError, RegistryEntryError } from '../../bin/registry/registry-table-error.ts';
import { hashKey } from '../../lambda/identity/api-key.ts';
import { dynamodbRegistry } from '../../lambda/identity/dynamodb-registry.ts';
import { RegistryError } from '../../lambda/identity/registry-error.ts';
import { useEngine } from '../support/engine/use-engine.ts';
import { createRegistryTable } from './registry-table.ts';

const engine = useEngine();
let registry: Registry;
let now = 1_800_000_000_000;
beforeEach(async () => {
  registry = { client: engine.client, table: await createRegistryTable(engine.client), now: () => now };
});
const reader = () => dynamodbRegistry(registry.client, registry.table);
const items = async () =>
  (await registry.client.send(new ScanCommand({ TableName: registry.table, ConsistentRead: true }))).Items ?? [];
const kinds = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : (result.reason as Error).constructor.name));

describe('clients', () => {
  test('what is added is found by its key, and the key is nowhere in the table', async () => {
    const { client, key } = await addClient(registry, { id: 'acme', tier: 'gold' });
    expect(key).toMatch(/^[0-9A-Za-z]{40}$/);
    expect(client).toMatchObject({ id: 'acme', tier: 'gold', state: 'active', createdAt: new Date(now).toISOString() });
    expect(await reader().clientByKey(hashKey(key))).toEqual({ client: 'acme', tier: 'gold' });
    expect(await reader().clientByKey(hashKey('another-key-0123456789'))).toBeUndefined();
    expect(JSON.stringify(await items())).not.toContain(key);
  });

  test('a key of the own serves as well', async () => {
    const own = 'my-own-key-0123456789';
    expect((await addClient(registry, { id: 'acme', tier: 'gold', key: own })).key).toBe(own);
    expect(await reader().clientByKey(hashKey(own))).toEqual({ client: 'acme', tier: 'gold' });
  });

  test.each([
    ['an id with a colon', { id: 'a:b', tier: 'gold' }],
    ['an id with spaces', { id: 'a b', tier: 'gold' }],
    ['a long id', { id: 'x'.repeat(65), tier: 'gold' }],
    ['a short key', { id: 'acme', tier: 'gold', key: 'short' }],
    ['a key with a comma', { id: 'acme', tier: 'gold', key: 'abcdefghij,abcdefghij' }],
  ])('%s is refused, and the message does not repeat a key', async (_, client) => {
    const refused = addClient(registry, client).catch((error: Error) => error);
    expect(await refused).toBeInstanceOf(RegistryEntryError);
    if ('key' in client) expect(String(await refused)).not.toContain(client.key);
    expect(await items()).toEqual([]);
  });

  test('an id and a key are given once, and what is refused leaves nothing behind', async () => {
    const { key } = await addClient(registry, { id: 'acme', tier: 'gold' });
    await expect(addClient(registry, { id: 'acme', tier: 'free' })).rejects.toThrow('there is a client acme already');
    await expect(addClient(registry, { id: 'bob', tier: 'free', key })).rejects.toThrow('belongs to another client');
    expect(await listClients(registry)).toHaveLength(1);
    expect(await items()).toHaveLength(2);
  });

  test('ten adds of one id at once: one succeeds', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => addClient(registry, { id: 'acme', tier: 'gold' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await items()).toHaveLength(2);
  });

  test('are listed by id', async () => {
    for (const id of ['carol', 'acme', 'bob']) await addClient(registry, { id, tier: 'free' });
    expect((await listClients(registry)).map(({ id }) => id)).toEqual(['acme', 'bob', 'carol']);
    expect((await showClient(registry, 'bob')).tier).toBe('free');
    await expect(showClient(registry, 'dave')).rejects.toThrow('there is no client dave');
  });

  test('a new tier is in both items', async () => {
    const { key } = await addClient(registry, { id: 'acme', tier: 'free' });
    const { before, after } = await setTier(registry, 'acme', 'gold');
    expect([before.tier, after.tier]).toEqual(['free', 'gold']);
    expect((await showClient(registry, 'acme')).tier).toBe('gold');
    expect(await reader().clientByKey(hashKey(key))).toEqual({ client: 'acme', tier: 'gold' });
  });

  test('a removed client is gone with its key', async () => {
    const { key } = await addClient(registry, { id: 'acme', tier: 'free' });
    expect((await removeClient(registry, 'acme')).id).toBe('acme');
    expect(await reader().clientByKey(hashKey(key))).toBeUndefined();
    expect(await items()).toEqual([]);
    await expect(removeClient(registry, 'acme')).rejects.toThrow(RegistryEntryError);
  });

  test('a change that was overtaken by a removal brings no key back', async () => {
    const { key } = await addClient(registry, { id: 'acme', tier: 'free' });
    // The removal happens between the change's look and its write.
    const late = overtaken(registry, async () => {
      await removeClient(registry, 'acme');
      await addClient(registry, { id: 'acme', tier: 'free' });
    });
    await expect(setTier(late, 'acme', 'gold')).rejects.toThrow(RegistryConflictError);
    expect(await reader().clientByKey(hashKey(key))).toBeUndefined();
    expect((await showClient(registry, 'acme')).tier).toBe('free');
  });

  test('a removal that was overtaken leaves the new client alone', async () => {
    await addClient(registry, { id: 'acme', tier: 'free' });
    let key = '';
    const late = overtaken(registry, async () => {
      await removeClient(registry, 'acme');
      ({ key } = await addClient(registry, { id: 'acme', tier: 'gold' }));
    });
    await expect(removeClient(late, 'acme')).rejects.toThrow(RegistryConflictError);
    expect(await reader().clientByKey(hashKey(key))).toEqual({ client: 'acme', tier: 'gold' });
  });

  test('changes and removals at once leave both items or none', async () => {
    for (let round = 0; round < 5; round++) {
      const { key } = await addClient(registry, { id: 'acme', tier: 'free' });
      const work = ['gold', 'silver', 'bronze'].map((tier) => setTier(registry, 'acme', tier));
      const results = await Promise.allSettled([...work, removeClient(registry, 'acme')]);
      for (const kind of kinds(results))
        expect(['done', 'RegistryConflictError', 'RegistryEntryError']).toContain(kind);
      const left = await items();
      expect([0, 2]).toContain(left.length);
      if (left.length === 2) {
        const record = await reader().clientByKey(hashKey(key));
        expect(record?.tier).toBe((await showClient(registry, 'acme')).tier);
        await removeClient(registry, 'acme');
      }
    }
  });
});

describe('blocks', () => {
  const subject = 'address:203.0.113.0/24';

  test('are read by the authorizer, with their end', async () => {
    await blockSubject(registry, subject, { forSeconds: 7200, reason: 'scraping', by: 'me' });
    await blockSubject(registry, 'client:acme');
    expect(await reader().blocks()).toEqual([{ subject, until: 1_800_007_200 }, { subject: 'client:acme' }]);
    const item = (await items()).find(({ sk }) => sk?.S === subject);
    expect(item?.expiresAt?.N).toBe('1800007200');
    expect(await showBlock(registry, subject)).toEqual({
      subject,
      until: 1_800_007_200,
      reason: 'scraping',
      by: 'me',
      at: new Date(now).toISOString(),
    });
  });

  test('a second block replaces the first and tells what it was', async () => {
    await blockSubject(registry, subject, { forSeconds: 60 });
    now += 1000;
    const { before, after } = await blockSubject(registry, subject);
    expect(before?.until).toBeDefined();
    expect(after.until).toBeUndefined();
    expect(await reader().blocks()).toEqual([{ subject }]);
  });

  test('are lifted once', async () => {
    await blockSubject(registry, subject);
    expect((await unblockSubject(registry, subject)).subject).toBe(subject);
    expect(await reader().blocks()).toEqual([]);
    await expect(unblockSubject(registry, subject)).rejects.toThrow(`${subject} is not blocked`);
  });

  test('one hour does not undo what somebody has just blocked for good', async () => {
    const late = overtaken(registry, () => blockSubject(registry, subject));
    await expect(blockSubject(late, subject, { forSeconds: 3600 })).rejects.toThrow(RegistryConflictError);
    expect(await reader().blocks()).toEqual([{ subject }]);
  });

  test('lifting an old block does not lift one that was renewed meanwhile', async () => {
    await blockSubject(registry, subject, { forSeconds: 60 });
    const late = overtaken(registry, async () => {
      now += 1;
      await blockSubject(registry, subject, { forSeconds: 3600 });
    });
    await expect(unblockSubject(late, subject)).rejects.toThrow(RegistryConflictError);
    expect(await showBlock(registry, subject)).toBeDefined();
  });

  test('no more are read than are allowed, over several pages', async () => {
    const padding = 'x'.repeat(2000);
    for (let from = 0; from < 1000; from += 25) {
      const RequestItems = {
        [registry.table]: Array.from({ length: 25 }, (_, i) => ({
          PutRequest: { Item: { pk: { S: 'blocks' }, sk: { S: `client:c${from + i}` }, reason: { S: padding } } },
        })),
      };
      await registry.client.send(new BatchWriteItemCommand({ RequestItems }));
    }
    const all = await dynamodbRegistry(registry.client, registry.table, { blocksDeadlineMs: 10_000 }).blocks();
    expect(all).toHaveLength(1000);
    const few = dynamodbRegistry(registry.client, registry.table, { maxBlocks: 700, blocksDeadlineMs: 10_000 });
    expect(await few.blocks()).toHaveLength(700);
    expect(MAX_BLOCKS).toBe(10_000);
  });
});

describe('a registry that cannot be read', () => {
  test('a table that is not there', async () => {
    const lost = dynamodbRegistry(registry.client, 'no-such-table');
    await expect(lost.clientByKey('x')).rejects.toThrow(RegistryError);
    await expect(lost.blocks()).rejects.toThrow('HG320');
  });
  test('an answer that does not come', async () => {
    const silent = dynamodbRegistry({ send: () => new Promise(() => {}) } as never, 'registry', { deadlineMs: 5 });
    await expect(silent.clientByKey('x')).rejects.toThrow('did not arrive within 5 ms');
  });
  test('a lost connection is tried again once', async () => {
    let calls = 0;
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const send = async () => {
      calls++;
      if (calls === 1) throw reset;
      return { Item: { client: { S: 'acme' }, tier: { S: 'gold' }, state: { S: 'active' } } };
    };
    const flaky = dynamodbRegistry({ send } as never, 'registry');
    expect(await flaky.clientByKey('x')).toEqual({ client: 'acme', tier: 'gold' });
    expect(calls).toBe(2);
  });
  test('a client that is not active is nobody', async () => {
    const send = async () => ({ Item: { client: { S: 'acme' }, tier: { S: 'gold' }, state: { S: 'suspended' } } });
    expect(await dynamodbRegistry({ send } as never, 'registry').clientByKey('x')).toBeUndefined();
  });
});

/** A registry on which something happens between the first reading and the first write. */
function overtaken(inner: Registry, happening: () => Promise<unknown>): Registry {
  let done = false;
  const send = async (command: { constructor: { name: string } }) => {
    const isWrite = /^(TransactWriteItems|PutItem|DeleteItem)Command$/.test(command.constructor.name);
    if (isWrite && !done) {
      done = true;
      await happening();
    }
    return inner.client.send(command as never);
  };
  return { ...inner, client: { send } as never };
}
