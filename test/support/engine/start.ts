import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { installEngine } from './install.ts';

export interface Engine {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A DynamoDB engine in memory on a free port, or the one that HEADGATE_ENGINE_ENDPOINT names. */
export async function startEngine(): Promise<Engine> {
  const given = process.env.HEADGATE_ENGINE_ENDPOINT;
  if (given) return { endpoint: given, stop: async () => {} };

  const binary = await installEngine();
  const port = await freePort();
  // The shell ends the engine when its input closes: at `stop`, and when this process dies, however it does.
  const child = spawn('sh', ['-c', '"$0" "$@" & read -r _; kill $!; wait', binary, '-p', String(port)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  for (let waited = 0; !(await answers(port)); waited += 10) {
    if (waited > 10_000) {
      await stop();
      throw new Error(`The DynamoDB engine did not start on port ${port} within 10 s.`);
    }
    await sleep(10);
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
