import { parseAddress } from '../../lambda/identity/address.ts';
import { BlockList } from '../../lambda/identity/block-list.ts';
import type { Block } from '../../lambda/identity/registry-reader.ts';

async function setUp(blocks: readonly Block[]) {
  const world = { now: 1_000_000_000_000, blocks, down: false, reads: 0, errors: 0 };
  const list = new BlockList({
    registry: {
      blocks: async () => {
        world.reads++;
        if (world.down) throw new Error('down');
        return world.blocks;
      },
    },
    clock: () => world.now,
    onError: () => world.errors++,
  });
  await list.load();
  return { world, list };
}
const at = (text: string) => parseAddress(text)!;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('BlockList', () => {
  test('knows clients, addresses and ranges', async () => {
    const { list } = await setUp([
      { subject: 'client:acme' },
      { subject: 'address:203.0.113.7' },
      { subject: 'address:198.51.100.0/24' },
      { subject: 'address:2001:db8::/48' },
      { subject: 'address:2001:db8:1::5' },
    ]);
    expect(list.client('acme')?.subject).toBe('client:acme');
    expect(list.client('acme2')).toBeUndefined();
    const blocked = ['203.0.113.7', '198.51.100.200', '2001:db8:0:ffff::1', '2001:db8:1::9'];
    const free = ['203.0.113.8', '198.51.101.1', '2001:db8:1:1::1'];
    for (const text of blocked) expect([text, list.address(at(text))]).toEqual([text, expect.anything()]);
    for (const text of free) expect([text, list.address(at(text))]).toEqual([text, undefined]);
    expect(list.address(undefined)).toBeUndefined();
  });

  test('a block ends when its time is over, a wider one goes on', async () => {
    const until = 1_000_000_060;
    const { world, list } = await setUp([
      { subject: 'client:acme', until },
      { subject: 'address:203.0.113.7', until },
      { subject: 'address:203.0.113.0/24', until: until + 60 },
    ]);
    world.now = until * 1000 - 1;
    expect(list.client('acme')).toBeDefined();
    expect(list.address(at('203.0.113.7'))?.subject).toBe('address:203.0.113.7');
    world.now = until * 1000;
    expect(list.client('acme')).toBeUndefined();
    expect(list.address(at('203.0.113.7'))?.subject).toBe('address:203.0.113.0/24');
  });

  test('is read again after 30 seconds, once, and no request waits', async () => {
    const { world, list } = await setUp([]);
    world.blocks = [{ subject: 'client:acme' }];
    world.now += 29_999;
    list.refresh();
    expect(world.reads).toBe(1);
    world.now += 1;
    for (let i = 0; i < 10; i++) list.refresh();
    expect(list.client('acme')).toBeUndefined();
    await settled();
    expect(world.reads).toBe(2);
    expect(list.client('acme')).toBeDefined();
  });

  test('stays in force while the registry fails, and is tried again', async () => {
    const { world, list } = await setUp([{ subject: 'client:acme' }]);
    world.down = true;
    world.now += 30_000;
    list.refresh();
    await settled();
    expect(list.client('acme')).toBeDefined();
    expect(world.errors).toBe(1);
    world.down = false;
    world.blocks = [];
    world.now += 5000;
    list.refresh();
    await settled();
    expect(list.client('acme')).toBeUndefined();
  });

  test('a container that is frozen while it reads: the list is as old as its reading, not as its end', async () => {
    for (const down of [false, true]) {
      const { world, list } = await setUp([]);
      world.now += 30_000;
      world.down = down;
      list.refresh();
      world.now += 60_000;
      await settled();
      expect([down, world.reads]).toEqual([down, 2]);
      world.down = false;
      world.blocks = [{ subject: 'client:acme' }];
      list.refresh();
      await settled();
      expect([down, list.client('acme')]).toEqual([down, expect.anything()]);
    }
  });

  test.each([
    ['at once', 0, 1],
    ['while the container was frozen', 60_000, 2],
  ])('a first reading that fails %s', async (_name, frozenMs, reads) => {
    const world = { now: 1_000_000_000_000, reads: 0 };
    const list = new BlockList({
      registry: {
        blocks: async () => {
          if (++world.reads > 1) return [{ subject: 'client:acme' }];
          world.now += frozenMs;
          throw new Error('overdue');
        },
      },
      clock: () => world.now,
    });
    await list.loadFirst();
    expect([world.reads, list.client('acme') !== undefined]).toEqual([reads, reads > 1]);
  });

  test('entries that are nobody are passed over', async () => {
    const { list } = await setUp([{ subject: '' }, { subject: 'address:nowhere' }, { subject: 'client:acme' }]);
    expect(list.client('acme')).toBeDefined();
  });
});
