import { matchLimits } from '../../lambda/policy/match.ts';
import { addressCharges, chargesFor, tierOf } from '../../lambda/request/charges.ts';
import { policyOf } from '../authorizer/world.ts';

const policy = policyOf(`
tiers: [free, gold]
limits:
  first:
    per: address
    rate: 10/minute
  mine:
    per: client
    rate: { free: 20/minute, gold: 200/minute }
  these-routes:
    per: route
    routes:
      - GET /reports/*
      - POST /exports
    rate: 40/minute
    mode: shadow
  everything:
    per: all
    rate: 50/minute
    onStoreFailure: deny
  last:
    per: address
    rate: 60/minute
`);
const matched = matchLimits(policy, { method: 'GET', template: '/reports/{id}', path: '/reports/7' });
const flat = (charges: ReturnType<typeof chargesFor>) =>
  charges.map(({ subject, charges }) => [subject, charges.map(({ name, budget }) => `${name} ${budget.limit}`)]);

describe('chargesFor', () => {
  test('one entry for each subject, in the order of the policy', () => {
    const caller = { address: '203.0.113.7', client: 'acme', tier: 'gold' };
    expect(flat(chargesFor(policy, matched, caller))).toEqual([
      ['address:203.0.113.7', ['first 10', 'last 60']],
      ['client:acme', ['mine 200']],
      ['route:GET /reports/*', ['these-routes 40']],
      ['all', ['everything 50']],
    ]);
  });

  test('a caller without identity counts as its address, in one write', () => {
    const caller = { address: '2001:db8:1:2::/64', tier: 'free' };
    expect(flat(chargesFor(policy, matched, caller))[0]).toEqual([
      'address:2001:db8:1:2::/64',
      ['first 10', 'mine 20', 'last 60'],
    ]);
  });

  test('mode and onStoreFailure go along', () => {
    const charges = chargesFor(policy, matched, { address: 'unknown', tier: 'free' }).flatMap(({ charges }) => charges);
    expect(charges.filter(({ mode }) => mode === 'shadow').map(({ name }) => name)).toEqual(['these-routes']);
    expect(charges.filter(({ onStoreFailure }) => onStoreFailure === 'deny').map(({ name }) => name)).toEqual([
      'everything',
    ]);
  });
});

test('before the caller is known only limits of the address count', () => {
  expect(flat(addressCharges(policy, matched, '203.0.113.7'))).toEqual([
    ['address:203.0.113.7', ['first 10', 'last 60']],
  ]);
});

test.each([
  ['gold', 'gold'],
  ['platinum', 'free'],
  ['', 'free'],
  ['__proto__', 'free'],
  [undefined, 'free'],
])('a client of the tier %p has the budgets of %s', (tier, expected) => {
  expect(tierOf(policy, tier)).toBe(expected);
});
