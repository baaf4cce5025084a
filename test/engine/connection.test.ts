import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { Limiter } from '../../lambda/limiter/limiter.ts';
import { dynamodbStore } from '../../lambda/store/dynamodb.ts';
import { openConnection } from '../../lambda/store/open-connection.ts';
import { reliableStore } from '../../lambda/store/reliable-store.ts';
import { asked, charge, fixedWindow } from '../limiter/budgets.ts';
import { engineClient } from '../support/engine/tables.ts';
import { useEngine } from '../support/engine/use-engine.ts';

/** The same client and the same sockets as in a function, against servers that misbehave. */
describe('a connection that fails', () => {
  let server: Server | undefined;
  let requests = 0;

  async function limiterAgainst(listener: RequestListener, deadlineMs: number) {
    requests = 0;
    server = createServer((request, response) => {
      requests++;
      listener(request, response);
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const client = engineClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const store = reliableStore(dynamodbStore(client, 'table'), { firstDeadlineMs: deadlineMs, deadlineMs });
    return new Limiter({ store, clock: () => 1.8e12 });
  }
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const request = [asked('client:a', charge(fixedWindow(5, 1000)))];
  const answered = JSON.stringify({ Attributes: { pk: { S: 'client:a' }, fix: { N: '1' } } });

  test('reset once: the request is sent again and decided', async () => {
    const limiter = await limiterAgainst((incoming, response) => {
      if (requests === 1) incoming.socket.resetAndDestroy();
      else response.setHeader('content-type', 'application/x-amz-json-1.0').end(answered);
    }, 10_000);
    const verdict = await limiter.decide(request);
    expect(verdict).toMatchObject({ allowed: true, writes: 2 });
    expect(verdict.failure).toBeUndefined();
    expect(requests).toBe(2);
  });

  test('reset twice: by onStoreFailure', async () => {
    const limiter = await limiterAgainst((incoming) => incoming.socket.destroy(), 10_000);
    expect(await limiter.decide(request)).toMatchObject({ allowed: true, failure: 'unavailable', writes: 2 });
    expect(requests).toBe(2);
  });

  test('a server error is tried again once', async () => {
    const limiter = await limiterAgainst((_, response) => response.writeHead(500).end('{}'), 10_000);
    expect(await limiter.decide(request)).toMatchObject({ allowed: true, failure: 'unavailable', writes: 2 });
    expect(requests).toBe(2);
  });

  test('no answer: given up at the deadline, the socket closed', async () => {
    let closed: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const limiter = await limiterAgainst((incoming) => incoming.socket.once('close', closed), 50);
    expect(await limiter.decide(request)).toMatchObject({ allowed: true, failure: 'deadline', writes: 1 });
    await gone;
    expect(requests).toBe(1);
  });
});

describe('openConnection on the engine', () => {
  const engine = useEngine();

  test('makes no item', async () => {
    await openConnection(engine.store);
    const { Item } = await engine.client.send(
      new GetItemCommand({ TableName: engine.tableName, Key: { pk: { S: '~' } } }),
    );
    expect(Item).toBeUndefined();
  });
});
