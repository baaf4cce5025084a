import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
// In your project: from 'headgate/limiter'.
import { type RequestLimiter, waitOut } from '../../lambda/standalone/index.ts';

/** A server of your own, in a container or on a machine, that asks the limiter before it does anything. */
export function mailServer(limiter: RequestLimiter): Server {
  return createServer(async (request, response) => {
    const verdict = await limiter.decide({
      method: request.method ?? 'GET',
      path: new URL(request.url ?? '/', 'http://localhost').pathname,
      client: accountOf(request.headers.authorization),
      tier: 'trial',
      address: request.socket.remoteAddress,
    });
    for (const [name, value] of Object.entries(limiter.headersOf(verdict))) response.setHeader(name, value);
    if (!verdict.allowed) {
      response.writeHead(429, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(limiter.problemOf(verdict)));
      return;
    }
    await waitOut(verdict, sleep);
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end('{"queued":true}\n');
  });
}

/** Your own check of who is calling; what it returns has to be proven. Here: two accounts and their tokens. */
function accountOf(authorization: string | undefined): string | undefined {
  const accounts: Record<string, string> = {
    'Bearer anna-token': 'anna@example.com',
    'Bearer ben-token': 'ben@example.com',
  };
  return Object.hasOwn(accounts, authorization ?? '') ? accounts[authorization!] : undefined;
}
