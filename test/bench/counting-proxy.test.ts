import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createTable, localClient } from '../../bench/contestants/counter-table.ts';
import { type CountingProxy, startCountingProxy } from '../../bench/proxy/counting-proxy.ts';

/** The real SDK, the proxy, and behind it a server that answers as an engine would. */
describe('the counting proxy', () => {
  let engine: Server;
  let proxy: CountingProxy;
  const targets: string[] = [];

  beforeAll(async () => {
    engine = createServer((incoming, outgoing) => {
      targets.push(String(incoming.headers['x-amz-target']));
      incoming.resume().on('end', () => {
        const refused = targets.length > 2;
        const body = refused
          ? {
              __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
              message: 'no',
              Item: { pk: { S: 'a' } },
            }
          : { Attributes: { pk: { S: 'a' }, n: { N: '1' } } };
        outgoing.writeHead(refused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
        outgoing.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
    proxy = await startCountingProxy(`http://127.0.0.1:${(engine.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    await proxy.stop();
    engine.closeAllConnections();
    await new Promise((resolve) => engine.close(resolve));
  });

  test('passes answers and refusals on, counts both, and gives no date', async () => {
    const TableName = await createTable(proxy.endpoint, 'pk');
    expect(proxy.ledger.total.calls).toBe(0);
    const client = localClient(proxy.endpoint);
    const dates: unknown[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        dates.push((result.response as { headers: Record<string, string> }).headers.date);
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    const command = new UpdateItemCommand({ TableName, Key: { pk: { S: 'a' } }, UpdateExpression: 'ADD n :one' });
    expect((await client.send(command)).Attributes).toBeUndefined();
    await expect(client.send(command)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });

    expect(targets).toEqual(['CreateTable', 'UpdateItem', 'UpdateItem'].map((one) => `DynamoDB_20120810.${one}`));
    expect(proxy.ledger.byOperation).toEqual({ UpdateItem: { calls: 2, refused: 1, write: 2, read: 0 } });
    expect(dates).toEqual([undefined, undefined]);
    client.destroy();
  });
});
