import { compilePolicy } from '../../lambda/policy/parse.ts';
import type { Batch, Caller } from '../../local/demo/callers.ts';
import { Expectations } from '../../local/demo/expectation.ts';

const POLICY = `
identify:
  - apiKey: x-api-key
tiers: [free, gold]
limits:
  sign-in: { per: address, routes: [POST /login], rate: 5/minute }
  notes: { per: client, routes: [POST /notes], rate: { free: 3/day, gold: 7/day }, algorithm: fixed-window }
  dear: { per: client, routes: [POST /exports], rate: 10/minute, cost: 3 }
  tried: { per: all, rate: 1/minute, mode: shadow }
exempt:
  - address: 203.0.113.0/24
`;
const AT = Date.UTC(2026, 0, 1, 12);
const SPAN = { from: AT, to: AT + 100 };
const nobody: Caller = { name: 'nobody', address: '198.51.100.1' };
const free: Caller = { name: 'free', address: '198.51.100.2', client: { id: 'a', tier: 'free' } };
const gold: Caller = { name: 'gold', address: '198.51.100.3', client: { id: 'b', tier: 'gold' } };

const batch = (caller: Caller, route: string, count = 20, api: Batch['api'] = 'REST'): Batch => {
  const [method = '', path = ''] = route.split(' ');
  return { caller, api, method, path, template: path, count };
};
const exactly = (count: number) => ({ least: count, most: count });

describe('what the policy says of a batch', () => {
  const expectations = (text = POLICY) => new Expectations(compilePolicy(text, 'headgate.yaml'));

  test('the limit of the route, by the tier, however many are sent', () => {
    expect(expectations().of(batch(nobody, 'POST /login'), SPAN)).toEqual({ allowed: exactly(5), sizes: [5] });
    expect(expectations().of(batch(free, 'POST /notes'), SPAN)).toEqual({ allowed: exactly(3), sizes: [3] });
    expect(expectations().of(batch(gold, 'POST /notes'), SPAN)).toEqual({ allowed: exactly(7), sizes: [7] });
    expect(expectations().of(batch(gold, 'POST /notes', 4), SPAN).allowed).toEqual(exactly(4));
  });

  test('a request may cost more than one unit', () => {
    expect(expectations().of(batch(free, 'POST /exports'), SPAN).allowed).toEqual(exactly(3));
  });

  test('a queue names its places as its size, and all that may wait pass', () => {
    const queued = expectations(
      'limits:\n  q: { per: address, rate: 10/second, algorithm: leaky-bucket, queue: 50, maxDelay: 1s }\n',
    );
    const { allowed, sizes } = queued.of(batch(nobody, 'GET /notes'), SPAN);
    // Ten may wait a second, one leaves at once, and one or two more leave during the 100 ms.
    expect(sizes).toEqual([11]);
    expect(allowed).toEqual({ least: 11, most: 13 });
  });

  test('units of a limit that all share may lie in a container that has taken them ahead', () => {
    const shared = expectations('limits:\n  top: { per: all, rate: 15/minute }\n');
    expect(shared.of(batch(nobody, 'GET /notes'), SPAN).allowed).toEqual({ least: 14, most: 15 });
  });

  test('a shadow limit, and none, let everything pass', () => {
    expect(expectations().of(batch(nobody, 'GET /notes'), SPAN)).toEqual({ allowed: exactly(20), sizes: [] });
  });

  test('what one API took is gone for the other, but not for another subject', () => {
    const expected = expectations();
    for (let sent = 0; sent < 4; sent++) expected.charge(batch(nobody, 'POST /login'), AT, AT);
    expect(expected.of(batch(nobody, 'POST /login', 20, 'HTTP'), SPAN).allowed).toEqual(exactly(1));
    expect(expected.of(batch(free, 'POST /login', 20, 'HTTP'), SPAN).allowed).toEqual(exactly(5));
  });

  test('an exempt address passes, a blocked client is turned away by each API in its way', () => {
    const office = { name: 'office', address: '203.0.113.9' };
    expect(expectations().of(batch(office, 'POST /login'), SPAN).allowed).toEqual(exactly(20));
    const blocked = { ...free, blocked: true };
    expect(expectations().of(batch(blocked, 'GET /notes'), SPAN).refused).toBe(401);
    expect(expectations().of(batch(blocked, 'GET /notes', 1, 'HTTP'), SPAN).refused).toBe(403);
  });

  test('who proves nothing is turned away where the policy says so', () => {
    const rejecting = expectations(`anonymous: reject\n${POLICY}`);
    expect(rejecting.of(batch(nobody, 'GET /notes'), SPAN).refused).toBe(401);
    expect(rejecting.of(batch(free, 'GET /notes'), SPAN).refused).toBeUndefined();
  });
});
