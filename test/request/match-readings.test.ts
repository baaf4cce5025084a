import { matchReadings } from '../../lambda/request/match-readings.ts';
import { policyOf } from '../authorizer/world.ts';

const policy = policyOf(`
limits:
  late:
    per: address
    routes: [GET /b]
    rate: 10/minute
  routes:
    per: route
    routes: [GET /a, GET /b]
    rate: 10/minute
    cost: { GET /b: 3 }
  all:
    per: all
    rate: 10/minute
    cost: { GET /a: 2, GET /b: 5 }
`);
const flat = (path: string, ...otherPaths: string[]) =>
  matchReadings(policy, { method: 'GET', path, otherPaths }).map(({ limit, cost, route }) =>
    [limit.name, cost, route?.path].join(' '),
  );

test('one reading matches as ever', () => {
  expect(flat('/a')).toEqual(['routes 1 /a', 'all 2 ']);
});
test('of several readings every limit counts once, at the highest cost, in the order of the policy', () => {
  const both = ['late 1 /b', 'routes 1 /a', 'routes 3 /b', 'all 5 '];
  expect(flat('/a', '/b')).toEqual(both);
  expect(flat('/b', '/a').toSorted()).toEqual(both.toSorted());
});
