import fc from 'fast-check';
import type { AttachTarget } from '../../../lambda/attach/model.ts';
import { LOG_GROUP } from '../support/world.ts';
import { type HttpWorld, jwtAuthorizer, route, shop } from './http-world.ts';

const KEYS = ['GET /a', 'POST /a', 'OPTIONS /a', 'GET /b/{id}', 'ANY /c/{proxy+}', '$default'];
const INTEGRATIONS = ['notes', 'login', 'rest', 'queue'];

const api = fc.record({
  autoDeploy: fc.boolean(),
  routes: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom(...KEYS),
      integration: fc.constantFrom(...INTEGRATIONS),
      authorization: fc.constantFrom('NONE', 'NONE', 'JWT', 'AWS_IAM'),
    }),
    { selector: ({ key }) => key, minLength: 1 },
  ),
  mappings: fc.dictionary(
    fc.constantFrom('200', '404', '429'),
    fc.dictionary(fc.constantFrom('append:header.x-own', 'overwrite:header.X-RateLimit-Limit'), fc.constant('own'), {
      minKeys: 1,
    }),
  ),
});

const options = fc.record<Partial<AttachTarget>>(
  {
    routes: fc.constantFrom<AttachTarget['routes'][]>(undefined, [{ method: 'ANY', path: '/*' }]),
    deny: fc.constantFrom('forbidden', 'middleware', undefined),
    replace: fc.boolean(),
    accessLog: fc.constantFrom(LOG_GROUP, `${LOG_GROUP}-2`),
    headers: fc.constantFrom<AttachTarget['headers'][]>(undefined, ['ratelimit'], ['x-ratelimit', 'ratelimit']),
  },
  { requiredKeys: [] },
);

function worldOf({ autoDeploy, routes, mappings }: typeof api extends fc.Arbitrary<infer T> ? T : never): HttpWorld {
  const world = shop();
  const AuthorizerId = jwtAuthorizer(world);
  // `routes: [ANY /*]` has to find one that is no preflight.
  const always = route(world, 'GET /always', 'rest');
  const drawn = routes.map(({ key, integration, authorization }) =>
    route(world, key, integration, {
      AuthorizationType: authorization,
      ...(authorization === 'JWT' && { AuthorizerId, AuthorizationScopes: ['read'] }),
    }),
  );
  world.api.config.routes = [always, ...drawn];
  if (Object.keys(mappings).length > 0) world.api.integration('rest').ResponseParameters = structuredClone(mappings);
  if (!autoDeploy) world.api.deploy('live');
  return world;
}

test('whatever the API, the options, their changes and the kills: detaching leaves no trace', async () => {
  await fc.assert(
    fc.asyncProperty(
      api,
      fc.array(fc.tuple(options, fc.nat(60)), { minLength: 1, maxLength: 4 }),
      async (shape, runs) => {
        const world = worldOf(shape);
        const before = world.picture();
        for (const [target, fuse] of runs) {
          world.target = {
            ...world.target,
            routes: undefined,
            deny: undefined,
            replace: undefined,
            accessLog: undefined,
            ...target,
          } as AttachTarget;
          await world.runUntilKilled('attach', fuse);
        }
        await world.run('attach');
        const { changes, obstacles } = await world.plan();
        expect([changes, obstacles]).toEqual([[], []]);
        const open = world.api.config.routes.filter(
          (one) => one.AuthorizationType === 'NONE' && !/^OPTIONS/.test(one.RouteKey),
        );
        expect(open).toEqual([]);
        await world.runUntilKilled('detach', runs[0]![1]);
        await world.run('detach');
        expect(world.picture()).toEqual(before);
        expect(world.records.size).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});
