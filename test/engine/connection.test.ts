import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Verdict } from '../../lambda/limiter/verdict.ts';

/** The same client and the same sockets as in a function, against servers that misbehave. */
describe('a connection that fails', () => {
  let server: Server | undefined;
  let requests = 0;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function decideAgainst(listener: RequestListener, deadlineMs: number): Promise<Verdict> {
    requests = 0;
    server = createServer((request, response) => {
      requests++;
      listener(request, response);
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const script = path.join(__dirname, '..', 'support', 'engine', 'decide-once.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, endpoint, String(deadlineMs)]);
    return JSON.parse(stdout);
  }

  test('reset once: the request is sent again and decided', async () => {
    const verdict = await decideAgainst((incoming, response) => {
      if (requests === 1) incoming.socket.resetAndDestroy();
      else
        response
          .setHeader('content-type', 'application/x-amz-json-1.0')
          .end(JSON.stringify({ Attributes: { pk: { S: 'client:a' }, fix: { N: '1' } } }));
    }, 20_000);
    expect(verdict).toMatchObject({ allowed: true, writes: 2 });
    expect(verdict.failure).toBeUndefined();
    expect(requests).toBe(2);
  });

  test('reset twice: by onStoreFailure', async () => {
    const verdict = await decideAgainst((incoming) => incoming.socket.destroy(), 20_000);
    expect(verdict).toMatchObject({ allowed: true, failure: 'unavailable', writes: 2 });
    expect(requests).toBe(2);
  });

  test('a server error is tried again once', async () => {
    const verdict = await decideAgainst((_, response) => response.writeHead(500).end('{}'), 20_000);
    expect(verdict).toMatchObject({ allowed: true, failure: 'unavailable', writes: 2 });
    expect(requests).toBe(2);
  });

  test('no answer: given up at the deadline, the socket closed', async () => {
    let closed: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const verdict = await decideAgainst((incoming) => incoming.socket.once('close', closed), 3000);
    expect(verdict).toMatchObject({ allowed: true, failure: 'deadline', writes: 1 });
    await gone;
    expect(requests).toBe(1);
  });
});
