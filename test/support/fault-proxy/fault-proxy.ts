import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Fault, NONE } from './fault.ts';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * A small HTTP proxy in front of a DynamoDB engine that does to each request what a script says: the next fault of
 * `script`, else `standing`. Nothing in it waits for time to pass.
 */
export class FaultProxy {
  /** What happens to requests for which the script has nothing. */
  standing: Fault = NONE;
  /** The time that answers carry, ms; absent: the engine's own. */
  date: (() => number) | undefined;
  /** Requests that have arrived. */
  seen = 0;
  /** Requests that the engine has carried out. */
  carriedOut = 0;
  readonly #engine: string;
  readonly #server: Server;
  readonly #toEngine = new Agent({ keepAlive: true });
  readonly #sockets = new Set<Socket>();
  #busy = new WeakSet<Socket>();
  readonly #script: Fault[] = [];
  readonly #stalled: (() => void)[] = [];
  readonly #waiting: { until: () => boolean; resolve: () => void }[] = [];

  private constructor(engine: string) {
    this.#engine = engine;
    this.#server = createServer({ keepAliveTimeout: 0 }, (incoming, response) => {
      this.#serve(incoming, response).catch(() => incoming.socket.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {}).once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(engine: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(engine);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What happens to the next requests, one each. */
  script(...faults: readonly Fault[]): void {
    this.#script.push(...faults);
  }

  /** Resolves when `count` requests are kept back. */
  stalled(count = 1): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until: () => this.#stalled.length >= count, resolve });
      this.#tell();
    });
  }

  /** Lets everything go that is kept back. */
  release(): void {
    for (const go of this.#stalled.splice(0)) go();
  }

  /** Resets the connections that no request is under way on, as a store does to those that lie open for long. */
  resetIdle(): number {
    const idle = [...this.#sockets].filter((socket) => !this.#busy.has(socket));
    for (const socket of idle) socket.resetAndDestroy();
    return idle.length;
  }

  async stop(): Promise<void> {
    this.release();
    for (const socket of this.#sockets) socket.destroy();
    this.#toEngine.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = incoming;
    this.#busy.add(socket);
    const body = await textOf(incoming);
    this.seen++;
    const fault = this.#script.shift() ?? this.standing;
    if (fault.kind === 'stall') await this.#stall();
    if (fault.kind === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    const answer = fault.kind === 'answer' ? refusal(fault.status, fault.type) : await this.#forward(incoming, body);
    if (fault.kind === 'stall-answer') await this.#stall();
    if (fault.kind === 'lost-answer') {
      socket.resetAndDestroy();
      return;
    }
    response.sendDate = false;
    const headers: Record<string, string> = { ...answer.headers };
    if (this.date) headers.date = new Date(this.date()).toUTCString();
    // A spoilt body would not fit its checksum, which is another fault than the one meant.
    delete headers['x-amz-crc32'];
    delete headers['content-length'];
    response.writeHead(answer.status, headers);
    response.end(fault.kind === 'garble' ? fault.spoil(answer.body) : answer.body);
    this.#busy.delete(socket);
  }

  #stall(): Promise<void> {
    return new Promise((resolve) => {
      this.#stalled.push(resolve);
      this.#tell();
    });
  }

  #tell(): void {
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.until()) waiting.resolve();
      else this.#waiting.push(waiting);
    }
  }

  #forward({ method, url, headers }: IncomingMessage, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { connection: _, 'accept-encoding': __, ...rest } = headers;
      const outgoing = request(
        new URL(url ?? '/', this.#engine),
        { method: method ?? 'POST', headers: rest, agent: this.#toEngine },
        (incoming) => {
          textOf(incoming).then((text) => {
            this.carriedOut++;
            const given = Object.entries(incoming.headers).filter(([name]) => !HOP.has(name));
            resolve({
              status: incoming.statusCode ?? 500,
              headers: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
              body: text,
            });
          }, reject);
        },
      );
      outgoing.on('error', reject).end(body);
    });
  }
}

/** Headers of one connection, not of an answer. */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

const refusal = (status: number, type: string): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', date: new Date().toUTCString() },
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'arn:aws:secret:of:the:store' }),
});

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
