import { createControlPlane } from '../../lambda/attach/control-plane.ts';
import { checkExpectedRoutes, readExpectedRoutes } from '../../lambda/attach/expected-routes.ts';
import { routesOf } from '../../lambda/attach/routes-of.ts';
import { shop as httpShop } from './http/http-world.ts';
import { shop as restShop } from './support/world.ts';

const REST = { kind: 'rest', apiId: 'abc123' } as const;
const HTTP = { kind: 'http', apiId: 'h77p' } as const;
const plane = createControlPlane({ clock: () => 0, sleep: async () => {}, random: () => 0 });

function check(routes: string[], apis: readonly (typeof REST | typeof HTTP)[]): Promise<void> {
  const clients = { rest: restShop().api.client, http: httpShop().api.client };
  const expected = { routes: routes.map((route) => ({ limit: 'login', route })), apis };
  return checkExpectedRoutes(expected, (api) => routesOf(clients, plane, api));
}

test('a route on one of the APIs is enough; a catch-all has every route of its method', async () => {
  await check(['GET /notes', 'GET /anything', 'POST /login'], [REST]);
  await check(['POST /login', 'PUT /x/{id}'], [HTTP]);
});

test('routes that no API can get are listed with their limits, and where they were looked for', async () => {
  const clients = { rest: restShop().api, http: httpShop().api };
  clients.http.config.routes = clients.http.config.routes.filter(({ RouteKey }) => RouteKey !== '$default');
  delete clients.rest.config.resources['/{proxy+}'];
  const expected = {
    routes: [
      { limit: 'sign-in', route: 'POST /login' },
      { limit: 'sign-in', route: 'POST /lgoin' },
      { limit: 'export', route: 'ANY /exports/*' },
    ],
    apis: [REST, HTTP],
  };
  const both = { rest: clients.rest.client, http: clients.http.client };
  const run = checkExpectedRoutes(expected, (api) => routesOf(both, plane, api));
  await expect(run).rejects.toMatchObject({
    code: 'HG250',
    message: expect.stringMatching(
      /REST API abc123, HTTP API h77p can match:\n- limit "sign-in": POST \/lgoin\n- limit "export": ANY \/exports\/\*\n/,
    ),
  });
});

test('an API that does not exist has no routes; attaching to it says so itself', async () => {
  const clients = { rest: restShop().api.client, http: httpShop().api.client };
  expect(await routesOf(clients, plane, { kind: 'http', apiId: 'gone' })).toEqual([]);
  expect(await routesOf(clients, plane, { kind: 'rest', apiId: 'gone' })).toEqual([]);
});

test('where nothing is expected, no API is asked', async () => {
  const never = () => Promise.reject(new Error('asked'));
  await checkExpectedRoutes({ routes: [], apis: [REST] }, never);
  await checkExpectedRoutes(readExpectedRoutes({}), never);
  expect(readExpectedRoutes({ ExpectedRoutes: '{"routes":[{"limit":"a","route":"GET /"}],"apis":[]}' }).routes).toEqual(
    [{ limit: 'a', route: 'GET /' }],
  );
});
