import path from 'node:path';

/** Account and region of the local AWS. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** What MiniStack, and with it every Lambda, may see of this machine's environment: all of it leaks into the functions. */
const SERVER_KEEPS = ['LANG', 'LC_ALL', 'TZ', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];

/**
 * The environment of whoever talks to the local AWS: this process's without AWS credentials, profiles and endpoints, and
 * with the local ones instead. A profile or a session token that stayed could take a call to a real account.
 */
export function localEnvironment(endpoint: string, base: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(AWS_|CDK_)/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: pathWithNode(base),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

/** MiniStack's own environment, as small as it can be. `folder` is the run's. */
export function serverEnvironment(folder: string, base: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = SERVER_KEEPS.flatMap((name) => (base[name] === undefined ? [] : [[name, base[name]] as const]));
  return {
    ...Object.fromEntries(kept),
    PATH: pathWithNode(base),
    HOME: folder,
    TMPDIR: path.join(folder, 'tmp'),
    AUTH: 'true',
    MINISTACK_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    COGNITO_EMAIL_ENABLED: 'false',
    LOG_LEVEL: 'WARNING',
  };
}

/** MiniStack runs the first `node` on PATH for every Lambda runtime: this process's own, Node 24, must be that one. */
function pathWithNode(base: NodeJS.ProcessEnv): string {
  return [path.dirname(process.execPath), base.PATH ?? ''].join(path.delimiter);
}
