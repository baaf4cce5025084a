import { isTokenEvent, tokenRequest } from '../../lambda/own-authorizer/token-request.ts';

const event = (methodArn: unknown) => ({ type: 'TOKEN', authorizationToken: 'secret', methodArn });

test.each([
  ['arn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET/notes/7', 'GET', '/notes/7'],
  ['arn:aws-cn:execute-api:cn-north-1:123456789012:api1/prod/POST/', 'POST', '/'],
  ['arn:aws:execute-api:eu-west-1:123456789012:api1/prod/DELETE', 'DELETE', '/'],
  ['arn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET/a:b/*/ü?', 'GET', '/a:b/*/ü?'],
])('%s is %s %s', (arn, method, path) => {
  expect(tokenRequest(event(arn))).toMatchObject({ method, path, api: 'api1', stage: 'prod' });
});

test.each([undefined, 7, '', 'arn', `arn:${':'.repeat(50_000)}`])('%.20p names no route', (arn) => {
  expect(tokenRequest(event(arn))).toMatchObject({ method: '', path: '/', api: '' });
});

test('the token is in nothing that is made of it', () => {
  expect(isTokenEvent(event('arn'))).toBe(true);
  expect(JSON.stringify(tokenRequest(event('arn')))).not.toContain('secret');
});
