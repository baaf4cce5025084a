import fc from 'fast-check';
import type { AttachTarget } from '../../lambda/attach/model.ts';
import type { FakeMethod } from './support/fake-rest-api.ts';
import { LOG_GROUP, open, PROXY, preflight, visible, World } from './support/world.ts';

const PATHS = ['/', '/notes', '/notes/{id}', '/reports/{proxy+}', '/{proxy+}'];
const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS', 'ANY'];

type Draft = { readonly kind: 'open' | 'keyed' | 'iam' | 'custom' | 'cognito'; readonly mock: boolean };

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('open', 'open', 'open', 'keyed', 'iam', 'custom', 'cognito'),
  mock: fc.boolean(),
});
const resources = fc.dictionary(fc.constantFrom(...PATHS), fc.dictionary(fc.constantFrom(...METHODS), draft));
const responses = fc.subarray(['ACCESS_DENIED', 'THROTTLED', 'QUOTA_EXCEEDED', 'DEFAULT_4XX', 'UNAUTHORIZED']);
const route = fc.record({
  method: fc.constantFrom('GET', 'POST', 'ANY'),
  path: fc.constantFrom('/notes', '/notes/{id}', '/*'),
});
const options: fc.Arbitrary<Partial<AttachTarget>> = fc
  .record({
    routes: fc.option(fc.array(route, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    deny: fc.constantFrom(undefined, 'middleware', 'forbidden'),
    replace: fc.boolean(),
    accessLog: fc.constantFrom(undefined, LOG_GROUP, `${LOG_GROUP}-2`),
  })
  .map(({ routes, deny, replace, accessLog }) => ({
    ...(routes && { routes }),
    ...(deny && { deny: deny as 'middleware' | 'forbidden' }),
    replace,
    ...(accessLog && { accessLog }),
    sharedDeny: true,
  }));

function build(drafts: Record<string, Record<string, Draft>>, own: readonly string[]): World {
  const world = new World();
  const { config } = world.api;
  const authorizer = (name: string) => ({
    id: world.api.newId('a'),
    name,
    type: 'TOKEN',
    authorizerUri: `arn:own:${name}`,
    authorizerResultTtlInSeconds: 300,
  });
  config.authorizers = [authorizer('login'), authorizer('pool')];
  const [login, pool] = config.authorizers.map(({ id }) => id);
  const method = ({ kind, mock }: Draft): FakeMethod => {
    const base = mock ? preflight("'https://shop.example.com'") : { ...open(), methodIntegration: { ...PROXY } };
    if (kind === 'keyed') return { ...base, apiKeyRequired: true };
    if (kind === 'iam') return { ...base, authorizationType: 'AWS_IAM' };
    if (kind === 'custom') return { ...base, authorizationType: 'CUSTOM', authorizerId: login! };
    if (kind !== 'cognito') return base;
    return { ...base, authorizationType: 'COGNITO_USER_POOLS', authorizerId: pool!, authorizationScopes: ['a', 'b'] };
  };
  for (const [path, methods] of Object.entries(drafts)) {
    config.resources[path] = Object.fromEntries(Object.entries(methods).map(([name, one]) => [name, method(one)]));
  }
  for (const type of own) {
    config.responses[type] = {
      ...(type.startsWith('DEFAULT') ? {} : { statusCode: '418' }),
      responseParameters: { 'gatewayresponse.header.X-Frame-Options': "'DENY'" },
      responseTemplates: { 'application/json': '{}' },
    };
  }
  world.api.deploy('live');
  return world;
}

/** Attaching may stop for routes that no method serves; then nothing is changed. */
async function tryAttach(world: World, target: Partial<AttachTarget>): Promise<boolean> {
  const { routes: _, deny: __, ...rest } = world.target;
  world.target = { ...rest, ...target };
  try {
    await world.run('attach');
    return true;
  } catch (error) {
    if (error instanceof Error && /no method of the API serves/.test(error.message)) return false;
    throw error;
  }
}

const authorizationOf = ({ authorizationType, authorizerId, authorizationScopes }: FakeMethod) => ({
  authorizationType,
  authorizerId,
  authorizationScopes,
});
const withoutAuthorization = (method: FakeMethod) => ({ ...method, ...authorizationOf({ ...open() }) });
const all = (world: World) =>
  Object.entries(world.api.config.resources).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, method]) => ({ route: `${name} ${path}`, name, method })),
  );

test('attaching asks the gate on open methods and changes nothing else; detaching leaves no trace', () =>
  fc.assert(
    fc.asyncProperty(resources, responses, options, async (drafts, own, target) => {
      const world = build(drafts, own);
      const before = structuredClone(world.api.config);
      const picture = world.picture();
      if (!(await tryAttach(world, target))) return expect(world.picture()).toEqual(picture);
      const ids = world.api.config.authorizers.filter(({ name }) => name.startsWith('headgate-')).map(({ id }) => id);
      for (const { route: where, name, method } of all(world)) {
        const [, path = ''] = where.split(' ');
        const was = before.resources[path]![name]!;
        expect(withoutAuthorization(method)).toEqual(withoutAuthorization(was));
        if (method.authorizerId === ids[0] && ids.length > 0) {
          expect(name).not.toBe('OPTIONS');
          expect(target.replace === true || was.authorizationType === 'NONE').toBe(true);
        } else expect(authorizationOf(method)).toEqual(authorizationOf(was));
        const must = target.routes === undefined && was.authorizationType === 'NONE' && name !== 'OPTIONS';
        if (must) expect(method.authorizerId).toBe(ids[0]);
      }
      for (const type of own) expect(world.api.config.responses[type]).toEqual(before.responses[type]);
      expect(visible(world.api.served('live'))).toEqual(visible(world.api.config));
      expect((await world.plan()).changes).toEqual([]);
      await world.run('detach');
      expect(world.picture()).toEqual(picture);
      expect(world.records.size).toBe(0);
    }),
    { numRuns: 60 },
  ));

test('whatever runs were killed before: the last one decides', () =>
  fc.assert(
    fc.asyncProperty(
      resources,
      responses,
      fc.array(fc.record({ target: options, killAt: fc.nat(40), detach: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
      options,
      async (drafts, own, runs, last) => {
        const world = build(drafts, own);
        const picture = world.picture();
        for (const { target, killAt, detach } of runs) {
          const { routes: _, deny: __, ...rest } = world.target;
          world.target = { ...rest, ...target };
          try {
            await world.runUntilKilled(detach ? 'detach' : 'attach', killAt);
          } catch (error) {
            expect(String(error)).toContain('no method of the API serves');
          }
        }
        if (await tryAttach(world, last)) {
          const straight = build(drafts, own);
          await tryAttach(straight, last);
          const shapes = (one: World) =>
            all(one).map(({ route: where, method }) => [where, method.authorizationType, nameOf(one, method)]);
          expect(shapes(world)).toEqual(shapes(straight));
          expect(world.api.config.responses).toEqual(straight.api.config.responses);
        }
        await world.run('detach');
        expect(world.picture()).toEqual(picture);
        expect(world.records.size).toBe(0);
        expect(world.api.deployments.size).toBe(1);
      },
    ),
    { numRuns: 60 },
  ));

test('what the owner changes while the gate is attached is never undone', () =>
  fc.assert(
    fc.asyncProperty(resources, options, fc.nat(), fc.boolean(), async (drafts, target, pick, deploys) => {
      const world = build(drafts, []);
      const before = structuredClone(world.api.config);
      if (!(await tryAttach(world, target))) return;
      const methods = all(world).filter(({ name }) => name !== 'OPTIONS');
      const chosen = methods[pick % methods.length];
      if (chosen === undefined) return;
      const iam = { ...chosen.method, authorizationType: 'AWS_IAM', apiKeyRequired: true };
      delete iam.authorizerId;
      delete iam.authorizationScopes;
      const [, path = ''] = chosen.route.split(' ');
      world.api.config.resources[path]![chosen.name] = iam;
      if (deploys) world.api.deploy('live');
      await world.run('detach', { publishPending: true });
      expect(world.api.method(chosen.route)).toEqual(iam);
      for (const { route: where, name, method } of all(world)) {
        if (where !== chosen.route) expect(method).toEqual(before.resources[where.split(' ')[1]!]![name]);
      }
    }),
    { numRuns: 60 },
  ));

function nameOf(world: World, { authorizerId }: FakeMethod): string | undefined {
  return world.api.config.authorizers.find(({ id }) => id === authorizerId)?.name;
}
