/** Somebody who sends requests in the demo. Addresses are of the ranges for documentation (RFC 5737). */
export interface Caller {
  readonly name: string;
  /** Goes out as X-Forwarded-For, which the local AWS takes for the address of the connection. */
  readonly address: string;
  /** The registered client that the caller's key belongs to. */
  readonly client?: { readonly id: string; readonly tier: string };
  /** What the caller sends as its key; a registered one's is known once it is registered. */
  readonly key?: string;
  readonly blocked?: boolean;
}

export type ApiKind = 'REST' | 'HTTP';

/** Requests that one caller sends one after the other. */
export interface Batch {
  readonly caller: Caller;
  readonly api: ApiKind;
  readonly method: string;
  /** As sent, without stage. */
  readonly path: string;
  /** The API's own route for it. */
  readonly template: string;
  readonly count: number;
}

/** The clients that the demo registers, of the policy's first and last tier. */
export function demoClients(tiers: readonly string[]): Readonly<Record<DemoClient, { id: string; tier: string }>> {
  const [first, last] = [tiers[0]!, tiers.at(-1)!];
  return {
    small: { id: 'demo-small', tier: first },
    big: { id: 'demo-big', tier: last },
    blocked: { id: 'demo-blocked', tier: last },
    hasty: { id: 'demo-hasty', tier: first },
    hastier: { id: 'demo-hastier', tier: first },
  };
}

export type DemoClient = 'small' | 'big' | 'blocked' | 'hasty' | 'hastier';

/** Who sends what, in this order. */
export function demoTraffic(
  clients: ReturnType<typeof demoClients>,
  keys: Readonly<Record<DemoClient, string>>,
): readonly Batch[] {
  const nobody = { name: 'no key', address: '198.51.100.1' };
  const unknown = { name: 'unknown key', address: '198.51.100.2', key: 'a-key-that-nobody-registered' };
  const guesser = { name: 'guesses passwords', address: '198.51.100.3' };
  const office = { name: 'exempt address', address: '203.0.113.10' };
  const of = (client: DemoClient, name: string, address: string, blocked = false): Caller => ({
    name,
    address,
    client: clients[client],
    key: keys[client],
    ...(blocked && { blocked }),
  });
  const small = of('small', `${clients.small.tier} client`, '198.51.100.4');
  const big = of('big', `${clients.big.tier} client`, '198.51.100.5');
  const blocked = of('blocked', 'blocked client', '198.51.100.6', true);
  const hasty = of('hasty', 'retry loop', '198.51.100.7');
  const hastier = of('hastier', 'retry loop', '198.51.100.8');
  const both = (caller: Caller, route: string, count: number): Batch[] => [
    batch(caller, 'REST', route, count),
    batch(caller, 'HTTP', route, count),
  ];
  return [
    ...both(nobody, 'GET /notes', 5),
    ...both(unknown, 'GET /notes', 5),
    ...both(guesser, 'POST /login', 6),
    ...both(office, 'POST /login', 8),
    ...both(small, 'POST /exports', 4),
    ...both(big, 'POST /exports', 4),
    ...both(blocked, 'GET /notes', 3),
    batch(hasty, 'REST', 'POST /notes', 40),
    batch(hastier, 'HTTP', 'POST /notes', 40),
  ];
}

function batch(caller: Caller, api: ApiKind, route: string, count: number): Batch {
  const [method = '', path = ''] = route.split(' ');
  return { caller, api, method, path, template: path, count };
}
