import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { apiUrl } from '../../local/api-url.ts';
import { bootstrap, deploy } from '../../local/cdk.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { keySet, part, signingKey, signToken } from '../support/tokens.ts';
import { START_MS } from './support/example.ts';

/** Nobody listens there. */
const GONE = 'http://127.0.0.1:9';

describe('tokens, where identity is demanded', () => {
  const key = signingKey('k1', 'RS256');
  let aws: LocalAws;
  let issuer: Server;
  let origin: string;
  let outputs: Readonly<Record<string, string>>;

  beforeAll(async () => {
    issuer = createServer((_, response) => {
      response.end(JSON.stringify(keySet(key)));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    aws = await startLocalAws();
    await bootstrap(aws);
    const policy = path.join(aws.folder, 'headgate.yaml');
    writeFileSync(policy, policyOf(origin));
    outputs = Object.assign({}, ...Object.values(await deploy(aws, { context: { policy, storeDeadlineMs: '3000' } })));
  }, START_MS);
  afterAll(async () => {
    issuer.close();
    await aws?.stop();
  });

  const token = (more: object = {}, header: object = {}) =>
    signToken(key, { iss: origin, aud: 'notes', sub: 'user-7', exp: Date.now() / 1000 + 600, ...more }, header);
  /** The answers of the REST and of the HTTP API. */
  const ask = (bearer?: string): Promise<readonly Response[]> => {
    const init = bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } };
    const rest = apiUrl(aws.endpoint, outputs.RestApiId!, outputs.RestApiStage!, '/notes');
    const http = apiUrl(aws.endpoint, outputs.HttpApiId!, undefined, '/notes');
    return fetch(rest, init).then(async (first) => [first, await fetch(http, init)]);
  };
  const statuses = async (bearer?: string) => (await ask(bearer)).map(({ status }) => status);

  test('good: the limit of the tier that the token names, counted together for both APIs', async () => {
    const [rest, http] = await ask(token({ sub: 'big', plan: 'gold' }));
    expect([rest!.status, http!.status]).toEqual([200, 200]);
    expect([rest!, http!].map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['39', '38']);
    const small = [];
    for (let i = 0; i < 2; i++) small.push(...(await statuses(token())));
    expect(small).toEqual([200, 200, 200, 429]);
  }, 30_000);

  test('expired, wrong audience, alg none, unknown key id, none at all: 401 and 403', async () => {
    const none = `${part({ alg: 'none', kid: 'k1' })}.${token().split('.')[1]}.`;
    for (const bad of [token({ exp: 1 }), token({ aud: 'admin' }), none, token({}, { kid: 'k2' }), undefined]) {
      expect(await statuses(bad)).toEqual([401, 403]);
    }
  }, 30_000);

  test('issuer down: known keys go on; what cannot be checked is 500, never 401', async () => {
    issuer.closeAllConnections();
    await new Promise((resolve) => issuer.close(resolve));
    expect(await statuses(token({ sub: 'late' }))).toEqual([200, 200]);
    expect(await statuses(token({ iss: GONE }))).toEqual([500, 500]);
  }, 30_000);
});

const policyOf = (issuer: string) => `identify:
  - jwt: { issuer: "${issuer}", audience: [notes], tier: plan }
  - jwt: { issuer: "${GONE}", audience: [notes], name: gone }
anonymous: reject
tiers: [free, gold]
limits:
  client:
    per: client
    rate: { free: 3/hour, gold: 40/hour }
`;
