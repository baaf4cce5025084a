import path from 'node:path';
import { localEnvironment, serverEnvironment } from '../../local/environment.ts';

const MACHINE = {
  PATH: '/usr/bin',
  HOME: '/home/me',
  TZ: 'UTC',
  AWS_PROFILE: 'production',
  AWS_SESSION_TOKEN: 'real',
  AWS_ACCESS_KEY_ID: 'real',
  AWS_SECRET_ACCESS_KEY: 'real',
  AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.eu-west-1.amazonaws.com',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  CDK_DEFAULT_ACCOUNT: '123456789012',
  DATABASE_PASSWORD: 'secret',
};

describe('the environment of what talks to the local AWS', () => {
  const env = localEnvironment('http://127.0.0.1:4566', MACHINE);

  test('holds no credential, profile, endpoint or account of the machine', () => {
    expect(Object.values(env)).not.toContain('real');
    for (const name of [
      'AWS_PROFILE',
      'AWS_SESSION_TOKEN',
      'AWS_ENDPOINT_URL_DYNAMODB',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
      'CDK_DEFAULT_ACCOUNT',
    ]) {
      expect(env).not.toHaveProperty(name);
    }
  });

  test('leads every client to the local endpoint and to no configuration file', () => {
    expect(env).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  test('keeps the rest of the machine and puts this Node first', () => {
    expect(env.HOME).toBe('/home/me');
    expect(env.PATH?.split(path.delimiter)).toEqual([path.dirname(process.execPath), '/usr/bin']);
  });
});

describe('the environment of MiniStack, which leaks into the functions', () => {
  const env = serverEnvironment('/runs/1', MACHINE);

  test('enforces IAM', () => expect(env.AUTH).toBe('true'));

  test('keeps to the run and tells nothing of the machine', () => {
    expect(env).toMatchObject({ HOME: '/runs/1', TMPDIR: path.join('/runs/1', 'tmp'), TZ: 'UTC' });
    expect(Object.values(env)).not.toContain('secret');
    expect(Object.values(env)).not.toContain('real');
    expect(env).not.toHaveProperty('AWS_PROFILE');
  });
});
