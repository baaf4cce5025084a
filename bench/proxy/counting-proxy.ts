import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ledger } from './ledger.ts';
import { type Answer, type Body, Meter } from './meter.ts';

export interface CountingProxy {
  readonly endpoint: string;
  /** What was passed on so far. */
  readonly ledger: Ledger;
  stop(): Promise<void>;
}

/**
 * Stands in front of a DynamoDB engine and counts what AWS would bill.
 *
 * Its answers carry no `Date`: under a virtual clock the AWS SDK would take the difference for clock skew and repeat
 * every request that was refused.
 */
export async function startCountingProxy(engine: string): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const ledger = new Ledger();
  const ask = (operation: string, body: Body) => forward(engine, agent, operation, body);
  const meter = new Meter(ask);

  const server = createServer((incoming, outgoing) => {
    outgoing.sendDate = false;
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    read(incoming)
      .then((text) => meter.pass(operation, JSON.parse(text) as Body))
      .then(({ answer, charge, refused }) => {
        if (charge) ledger.charge(operation, charge, refused);
        send(answer);
      })
      .catch((error: unknown) => {
        send({ status: 500, body: { __type: 'com.example#CountingProxyError', message: String(error) } });
      });
    const send = ({ status, body }: Answer) => {
      const text = Buffer.from(JSON.stringify(body));
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'content-length': text.length });
      outgoing.end(text);
    };
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, ledger, stop: () => stop(server, agent) };
}

function forward(engine: string, agent: Agent, operation: string, body: Body): Promise<Answer> {
  const text = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const call = request(
      engine,
      {
        agent,
        method: 'POST',
        headers: {
          // Engines want a signature's form and do not check it.
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
          'x-amz-date': '20261124T000000Z',
          'content-type': 'application/x-amz-json-1.0',
          'content-length': text.length,
          'x-amz-target': `DynamoDB_20120810.${operation}`,
        },
      },
      (answer) => {
        read(answer)
          .then((answered) => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(answered || '{}') as Body }))
          .catch(reject);
      },
    );
    call.on('error', reject).end(text);
  });
}

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function stop(server: Server, agent: Agent): Promise<void> {
  agent.destroy();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
