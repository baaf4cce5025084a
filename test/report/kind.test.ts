import { kindOf } from '../../lambda/report/kind.ts';
import { evidenceOf } from './support.ts';

const addresses = (count: number, each: number, route = 'GET /notes') =>
  Array.from({ length: count }, (_, i) => [`address:192.0.2.${i}`, each, 'sign-in', route] as const);

test.each([
  ['one client with half of it', evidenceOf(['client:a', 50], ['client:b', 30], ['client:c', 20]), 'one-client'],
  ['one address with half of it', evidenceOf(['address:192.0.2.1', 10], ['client:b', 10]), 'one-address'],
  ['500 addresses', evidenceOf(...addresses(255, 3, 'POST /login')), 'many-addresses'],
  ['19 addresses on one route', evidenceOf(...addresses(19, 3, 'POST /login')), 'one-route'],
  ['19 addresses on several routes', evidenceOf(...addresses(9, 3, 'A'), ...addresses(19, 3, 'B')), 'several'],
  [
    '20 addresses beside clients that have more',
    evidenceOf(...addresses(20, 1), ['client:a', 30, 'x', 'A'], ['client:b', 30, 'x', 'B']),
    'several',
  ],
  [
    'three clients on several routes',
    evidenceOf(['client:a', 1], ['client:b', 1, 'x', 'B'], ['client:c', 1, 'x', 'C']),
    'several',
  ],
  ['half of it for want of counters', evidenceOf(['client:a', 5, 'x', 'A', true], ['client:a', 5]), 'limiter'],
  [
    'less than half of it for want of counters',
    evidenceOf(['client:a', 4, 'x', 'A', true], ['client:a', 6]),
    'one-client',
  ],
  ['nobody', evidenceOf(), 'unknown'],
  ['no source', undefined, 'unknown'],
] as const)('%s', (_, evidence, kind) => {
  expect(kindOf('limited', evidence)).toBe(kind);
  expect(kindOf('limiter', evidence)).toBe('limiter');
});
