import { authorizerClient } from '../../lambda/identity/authorizer-claims.ts';
import { iamClient } from '../../lambda/identity/iam-principal.ts';
import { trustedHeaderClient } from '../../lambda/identity/trusted-header.ts';

describe('an IAM principal', () => {
  const arn = (tail: string, service = 'iam') => `arn:aws:${service}::123456789012:${tail}`;
  test.each([
    ['a user', arn('user/alice'), 'iam:123456789012.user.alice'],
    ['a user with a path', arn('user/division/team/alice'), 'iam:123456789012.user.alice'],
    [
      'a role, whatever the session is called',
      arn('assumed-role/deploy/session-1', 'sts'),
      'iam:123456789012.role.deploy',
    ],
    ['another session of it', arn('assumed-role/deploy/session-2', 'sts'), 'iam:123456789012.role.deploy'],
    ['a federated user is its account', arn('federated-user/anything', 'sts'), 'iam:123456789012.federated'],
    ['the root user', arn('root'), 'iam:123456789012.root'],
    ['another partition', 'arn:aws-us-gov:iam::123456789012:user/bob', 'iam:123456789012.user.bob'],
  ])('%s', (_, userArn, client) => {
    const identity = { userArn, caller: 'AIDAEXAMPLE', accessKey: 'AKIAEXAMPLE', sourceIp: '203.0.113.7' };
    expect(iamClient(identity, undefined)).toBe(client);
    expect(iamClient({ sourceIp: '203.0.113.7' }, { iam: { userArn, accountId: '123456789012' } })).toBe(client);
  });

  test('a user of an identity pool is its identity, a guest is nobody', () => {
    const userArn = arn('assumed-role/pool-users/CognitoIdentityCredentials', 'sts');
    const identityId = 'us-east-1:11111111-2222-3333-4444-555555555555';
    const rest = (type: string) => ({ userArn, cognitoIdentityId: identityId, cognitoAuthenticationType: type });
    const http = (method: string) => ({ iam: { userArn, cognitoIdentity: { amr: [method], identityId } } });
    const client = 'iam:cognito.us-east-1=3A11111111-2222-3333-4444-555555555555';
    expect(iamClient(rest('authenticated'), undefined)).toBe(client);
    expect(iamClient({}, http('authenticated'))).toBe(client);
    expect(iamClient(rest('unauthenticated'), undefined)).toBeUndefined();
    expect(iamClient({}, http('unauthenticated'))).toBeUndefined();
  });

  test.each([
    undefined,
    null,
    7,
    'arn',
    {},
    { userArn: null },
    { userArn: '' },
    { userArn: 'arn:aws:iam::1:user/x' },
    { userArn: arn('user/ ') },
  ])('%j is nobody', (identity) => expect(iamClient(identity, undefined)).toBeUndefined());
});

describe('what another authorizer has proven', () => {
  const source = { kind: 'authorizer', client: 'sub', tier: 'plan' } as const;
  const claims = { sub: 'user-7', plan: 'gold' };
  const expected = { client: 'authorizer:user-7', tier: 'gold' };
  test.each([
    ['a Cognito user pool on a REST API', { claims }],
    ['a JWT authorizer on an HTTP API', { jwt: { claims, scopes: null } }],
    ['a Lambda authorizer on an HTTP API', { lambda: claims }],
    ['a Lambda authorizer on a REST API', { ...claims, principalId: 'p', integrationLatency: 3 }],
  ])('%s', (_, authorizer) => expect(authorizerClient(source, authorizer)).toEqual(expected));

  test('the context of an authorizer cannot stand for the claims of another kind', () => {
    expect(authorizerClient(source, { claims: { plan: 'gold' }, sub: 'victim' })).toBeUndefined();
    expect(authorizerClient(source, { iam: { userArn: 'x' }, sub: 'victim' })).toBeUndefined();
  });
  test.each([undefined, null, {}, { claims: null }, { claims: { sub: '' } }, { claims: { sub: [] } }, 'x'])(
    '%j is nobody',
    (authorizer) => expect(authorizerClient(source, authorizer)).toBeUndefined(),
  );
  test('names keep entries apart', () => {
    expect(authorizerClient({ ...source, name: 'pool' }, { claims })).toEqual({
      ...expected,
      client: 'authorizer.pool:user-7',
    });
  });
});

describe('a trusted header', () => {
  const source = { kind: 'header', header: 'x-tenant' } as const;
  test.each([
    [{ 'X-Tenant': ' acme ' }, 'header:acme'],
    [{ 'x-tenant': '' }, undefined],
    [{}, undefined],
  ])('%j', (headers, client) => expect(trustedHeaderClient(source, { headers })).toBe(client));
  test('two values prove nothing', () => {
    expect(trustedHeaderClient(source, { multiValueHeaders: { 'x-tenant': ['acme', 'bob'] } })).toBeUndefined();
    expect(trustedHeaderClient(source, { multiValueHeaders: { 'x-tenant': ['acme', 'acme'] } })).toBe('header:acme');
  });
});
