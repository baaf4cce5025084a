import path from 'node:path';
import { APIGatewayClient, GetApiKeyCommand, GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { apiUrl } from '../../local/api-url.ts';
import { bootstrap, deploy } from '../../local/cdk.ts';
import { clientConfig } from '../../local/clients.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { root, run } from '../../scripts/process.ts';
import { START_MS } from './support/example.ts';
import { waitUntil } from './support/wait-until.ts';

const APP = path.join(__dirname, 'support', 'keyed-api', 'app.ts');

describe('a client with a key of API Gateway', () => {
  let aws: LocalAws;
  let outputs: Readonly<Record<string, string>>;
  let gateway: APIGatewayClient;
  beforeAll(async () => {
    aws = await startLocalAws();
    await bootstrap(aws);
    outputs = (await deploy(aws, { app: APP })).Keyed!;
    gateway = new APIGatewayClient(clientConfig(aws.endpoint));
  }, START_MS);
  afterAll(async () => {
    gateway?.destroy();
    await aws?.stop();
  });

  async function headgate(...args: string[]): Promise<string> {
    const cli = path.join(root, 'bin', 'headgate.ts');
    const { code, output } = await run(process.execPath, [cli, ...args], { cwd: aws.folder, env: aws.env });
    if (code !== 0) throw new Error(`headgate ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }
  const get = (key?: string) =>
    fetch(apiUrl(aws.endpoint, outputs.ApiId!, outputs.StageName!, '/things'), {
      headers: key === undefined ? {} : { 'x-api-key': key },
    });
  const plansOf = async (keyId: string) =>
    (await gateway.send(new GetUsagePlansCommand({ keyId }))).items!.map(({ name }) => name);

  test('add, requests, 429, set-tier, allowed; block, remove', async () => {
    expect((await get()).status).toBe(403);

    const { key, after } = JSON.parse(await headgate('client', 'add', 'acme', '--tier', 'free', '--api-key', '--json'));
    expect(await plansOf(after.apiKeyId)).toEqual([`${outputs.GateName}-free`]);
    const statuses = [];
    for (let sent = 0; sent < 4; sent++) statuses.push((await get(key)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);

    await headgate('client', 'set-tier', 'acme', 'gold');
    expect(await plansOf(after.apiKeyId)).toEqual([`${outputs.GateName}-gold`]);
    // The authorizers notice within a minute.
    await waitUntil(async () => (await get(key)).status === 200, 75_000);

    await headgate('block', 'client:acme');
    const { enabled } = await gateway.send(new GetApiKeyCommand({ apiKey: after.apiKeyId }));
    expect(enabled).toBe(false);
    expect((await get(key)).status).not.toBe(200);

    await headgate('client', 'remove', 'acme');
    await expect(gateway.send(new GetApiKeyCommand({ apiKey: after.apiKeyId }))).rejects.toThrow();
    expect((await get(key)).status).not.toBe(200);
  }, 120_000);
});
