import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Limiter } from '../../../lambda/limiter/limiter.ts';
import type { StoreError } from '../../../lambda/limiter/store-error.ts';
import { dynamodbStore } from '../../../lambda/store/dynamodb.ts';
import { type ReliableStoreOptions, reliableStore } from '../../../lambda/store/reliable-store.ts';
import { VirtualTimers } from '../../store/virtual-timers.ts';
import { engineClient } from '../engine/tables.ts';
import { useEngine } from '../engine/use-engine.ts';
import { NONE } from './fault.ts';
import { FaultProxy } from './fault-proxy.ts';
import { sameRealmErrors } from './same-realm-errors.ts';

/** A container: limiter, deadline, retry, breaker and client as in the function; only time is the test's. */
export interface Container {
  readonly limiter: Limiter;
  readonly client: DynamoDBClient;
  readonly timers: VirtualTimers;
  /** What the limiter said of the store's failures. */
  readonly errors: StoreError[];
}

export interface FaultWorld {
  readonly proxy: FaultProxy;
  readonly tableName: string;
  /** The time of all containers, ms; moved by the test. */
  now: number;
  container(options?: ReliableStoreOptions & { clock?: () => number }): Container;
  /** What lies in the table, past all faults. */
  item(subject: string): Promise<Record<string, number> | undefined>;
  putItem(subject: string, attributes: Record<string, number>): Promise<void>;
  deleteItem(subject: string): Promise<void>;
}

/** Puts a fault proxy in front of an engine for the tests of this file; each test begins without faults. */
export function useFaultProxy(): FaultWorld {
  sameRealmErrors();
  const engine = useEngine();
  const clients: DynamoDBClient[] = [];
  let proxy: FaultProxy;
  beforeAll(async () => {
    const { protocol, hostname, port } = await engine.client.config.endpoint!();
    proxy = await FaultProxy.start(`${protocol}//${hostname}:${port}`);
  });
  beforeEach(() => {
    proxy.standing = NONE;
    proxy.date = undefined;
  });
  afterEach(() => {
    proxy.release();
    for (const client of clients.splice(0)) client.destroy();
  });
  afterAll(() => proxy?.stop());

  const key = (subject: string) => ({ TableName: engine.tableName, Key: { pk: { S: subject } } });
  const world: FaultWorld = {
    now: 1.8e12,
    get proxy() {
      return proxy;
    },
    get tableName() {
      return engine.tableName;
    },
    container({ clock = () => world.now, ...options } = {}) {
      const client = engineClient(proxy.endpoint);
      clients.push(client);
      const timers = new VirtualTimers();
      const errors: StoreError[] = [];
      const store = reliableStore(dynamodbStore(client, engine.tableName), { timers, clock: timers.clock, ...options });
      const limiter = new Limiter({ store, clock, onStoreError: (error) => errors.push(error) });
      return { limiter, client, timers, errors };
    },
    async item(subject) {
      const { Item } = await engine.client.send(new GetItemCommand({ ...key(subject), ConsistentRead: true }));
      const numbers = Object.entries(Item ?? {}).flatMap(([name, { N }]) =>
        N === undefined ? [] : [[name, Number(N)]],
      );
      return Item && Object.fromEntries(numbers);
    },
    async putItem(subject, attributes) {
      const numbers = Object.entries(attributes).map(([name, value]) => [name, { N: String(value) }]);
      const Item = { pk: { S: subject }, ...Object.fromEntries(numbers) };
      await engine.client.send(new PutItemCommand({ TableName: engine.tableName, Item }));
    },
    async deleteItem(subject) {
      await engine.client.send(new DeleteItemCommand(key(subject)));
    },
  };
  return world;
}
