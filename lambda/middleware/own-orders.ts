import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describeFault } from '../authorizer/describe-fault.ts';
import { seldom } from '../authorizer/seldom.ts';
import { BlockList } from '../identity/block-list.ts';
import { dynamodbRegistry } from '../identity/dynamodb-registry.ts';
import type { Order, RegistryReader } from '../identity/registry-reader.ts';
import { standingOrders } from '../identity/standing-orders.ts';
import type { Policy } from '../policy/policy.ts';
import type { Say } from '../signals/log-lines.ts';
import type { Standing } from '../standalone/request-limiter.ts';
import { readOwnOverride } from './own-override.ts';

/** The blocks and orders of one registry, read once for all limits of a container. */
export interface SharedOrders {
  readonly blocks: BlockList;
  /** The first reading. Never fails. */
  load(): Promise<void>;
  /** Gets every reading from now on, and the last one at once, for as long as somebody else holds it. */
  subscribe(subscriber: Subscriber): void;
}

export interface Subscriber {
  readonly take: (orders: readonly Order[]) => void;
  /** Told of readings that fail. */
  readonly say: Say;
}

export function sharedOrders(registry: Pick<RegistryReader, 'blocks'>, clock: () => number): SharedOrders {
  // Weakly: a middleware that is made for each request must not be kept for good.
  let subscribers: WeakRef<Subscriber>[] = [];
  let last: readonly Order[] | undefined;
  const living = (): Subscriber[] => {
    subscribers = subscribers.filter((one) => one.deref() !== undefined);
    return subscribers.flatMap((one) => one.deref() ?? []);
  };
  const warn = seldom((error, repeated) => {
    for (const say of new Set(living().map((one) => one.say)))
      say('warn', 'The blocks could not be read', { ...describeFault(error), ...repeated });
  });
  const onOrders = (orders: readonly Order[]) => {
    last = orders;
    for (const { take } of living()) take(orders);
  };
  const blocks = new BlockList({ registry, clock, onOrders, onError: warn });
  let first: Promise<void> | undefined;
  return {
    blocks,
    load() {
      first ??= blocks.loadFirst();
      return first;
    },
    subscribe(subscriber) {
      subscribers.push(new WeakRef(subscriber));
      if (last) subscriber.take(last);
    },
  };
}

const byTable = new Map<string, SharedOrders>();

/** Those of a table, one for each container. */
export function ordersOf(table: string, client: () => DynamoDBClient, clock: () => number): SharedOrders {
  const known = byTable.get(table) ?? sharedOrders(dynamodbRegistry(client(), table), clock);
  byTable.set(table, known);
  return known;
}

/** Who holds the budgets of a policy holds its subscription. */
const held = new WeakMap<object, Subscriber>();

/** What holds at present for the limits of one policy. Orders for limits that it lacks are for others. */
export function ownStanding(
  orders: SharedOrders,
  parts: { policy: Policy; clock: () => number; forget: (subject: string) => void; say: Say },
): Standing {
  const { policy, clock, forget, say } = parts;
  const { onOrders, budgetNow } = standingOrders({
    ...{ policy, clock, forget, read: readOwnOverride },
    say: (message, more) => say('info', message, more),
    warn: (problem) => say('warn', problem, {}),
  });
  const subscriber = { take: onOrders, say };
  orders.subscribe(subscriber);
  held.set(budgetNow, subscriber);
  return { blocks: orders.blocks, budgetNow };
}
