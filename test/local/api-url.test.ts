import { apiUrl } from '../../local/api-url.ts';

test('a REST API is addressed with its stage, an HTTP API without', () => {
  expect(apiUrl('http://127.0.0.1:4566', 'a1', 'prod', '/notes/1')).toBe(
    'http://127.0.0.1:4566/_aws/execute-api/a1/prod/notes/1',
  );
  expect(apiUrl('http://127.0.0.1:4566', 'a1', undefined, '/')).toBe('http://127.0.0.1:4566/_aws/execute-api/a1/');
});
