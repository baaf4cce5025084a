import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchKeys } from '../../../lambda/identity/jwt/fetch-keys.ts';

let server: Server;
let origin: string;
let respond: (response: ServerResponse) => void;
let requests = 0;

beforeAll(async () => {
  server = createServer((_, response) => {
    requests++;
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => (requests = 0));
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('the JSON of an answer', async () => {
  respond = (response) => response.end('{"keys":[]}');
  expect(await fetchKeys(`${origin}/keys`)).toEqual({ keys: [] });
});

test.each<[string, typeof respond, string]>([
  ['an error', (response) => response.writeHead(503).end('secret of the issuer'), 'HTTP status 503'],
  ['a redirect', (response) => response.writeHead(302, { location: 'https://evil.example/' }).end(), 'HTTP status 302'],
  ['no JSON', (response) => response.end('<html>'), 'the answer is not JSON'],
  [
    'half an answer',
    (response) => response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy()),
    'ECONNRESET',
  ],
  [
    'an answer without end',
    (response) => {
      const more = () => response.destroyed || response.write('x'.repeat(65_536), () => setImmediate(more));
      more();
    },
    'the answer is larger than 262144 bytes',
  ],
])('%s is a failure that repeats nothing of the answer', async (_, answer, problem) => {
  respond = answer;
  await expect(fetchKeys(`${origin}/keys`)).rejects.toThrow(
    `HG333: the keys at ${origin}/keys could not be fetched: ${problem}`,
  );
  expect(requests).toBe(1);
});

test.each<[string, typeof respond]>([
  ['no answer', () => {}],
  [
    'an answer that trickles',
    (response) => {
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    },
  ],
])('%s ends with the deadline', async (_, answer) => {
  respond = answer;
  await expect(fetchKeys(`${origin}/keys`, 60)).rejects.toThrow('no answer within 60 ms');
});

test('nobody there', async () => {
  await expect(fetchKeys('http://127.0.0.1:9/keys')).rejects.toThrow('ECONNREFUSED');
});
