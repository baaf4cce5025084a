import { GetApiKeyCommand, GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { apiUrl } from '../../local/api-url.ts';
import { useKeyedApi } from './support/keyed-api/use-keyed-api.ts';
import { waitUntil } from './support/wait-until.ts';

describe('a client with a key of API Gateway', () => {
  const api = useKeyedApi();

  async function headgate(...args: string[]): Promise<string> {
    const { code, output } = await api().headgate(...args);
    if (code !== 0) throw new Error(`headgate ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }
  const get = (key?: string) => {
    const { aws, outputs } = api();
    return fetch(apiUrl(aws.endpoint, outputs.ApiId!, outputs.StageName!, '/things'), {
      headers: key === undefined ? {} : { 'x-api-key': key },
    });
  };
  const plansOf = async (keyId: string) =>
    (await api().gateway.send(new GetUsagePlansCommand({ keyId }))).items!.map(({ name }) => name);

  test('add, requests, 429, set-tier, allowed; block, remove', async () => {
    const { gateway, outputs } = api();
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
