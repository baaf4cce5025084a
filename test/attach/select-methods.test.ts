import type { RestMethod } from '../../lambda/attach/rest/rest-state.ts';
import { selectMethods } from '../../lambda/attach/rest/select-methods.ts';

const method = (route: string): RestMethod => {
  const [name = '', path = ''] = route.split(' ');
  const rest = { resourceId: route, authorizationType: 'NONE', scopes: [], apiKeyRequired: false };
  return { route, method: name, path, ...rest };
};
const API = [
  'GET /',
  'GET /notes',
  'OPTIONS /notes',
  'POST /notes',
  'GET /notes/{id}',
  'ANY /reports/{proxy+}',
  'ANY /{proxy+}',
];

function select(routes: readonly string[] | undefined, api = API) {
  const patterns = routes?.map((route) => {
    const [name = '', path = ''] = route.split(' ');
    return { method: name, path };
  });
  const { methods, unknown } = selectMethods(api.map(method), patterns);
  return { methods: methods.map(({ route }) => route), unknown: unknown.map((one) => `${one.method} ${one.path}`) };
}

test('without routes everything but OPTIONS', () => {
  expect(select(undefined).methods).toEqual(API.filter((route) => !route.startsWith('OPTIONS')));
});

test.each([
  ['POST /notes', ['POST /notes']],
  ['POST /notes/', ['POST /notes']],
  ['ANY /notes', ['GET /notes', 'POST /notes']],
  ['GET /notes/{noteId}', ['GET /notes/{id}']],
  ['POST /login', ['ANY /{proxy+}']],
  ['DELETE /notes', ['ANY /{proxy+}']],
  ['GET /reports/2026', ['ANY /reports/{proxy+}', 'ANY /{proxy+}']],
  ['GET /reports/*', ['ANY /reports/{proxy+}', 'ANY /{proxy+}']],
  ['GET /', ['GET /']],
  ['ANY /*', API.filter((route) => !route.startsWith('OPTIONS'))],
])('%s', (route, methods) => {
  expect(select([route])).toEqual({ methods, unknown: [] });
});

test('several routes once each, in the order of the API; what matches nothing is named', () => {
  const api = ['GET /notes', 'POST /notes'];
  expect(select(['POST /notes', 'ANY /notes', 'GET /login', 'OPTIONS /notes'], api)).toEqual({
    methods: ['GET /notes', 'POST /notes'],
    unknown: ['GET /login', 'OPTIONS /notes'],
  });
});
