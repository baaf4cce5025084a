import http from 'node:http';
import https from 'node:https';
import { IssuerKeysError } from './issuer-error.ts';

/** How long the whole fetch may take, ms: name, connection and answer. */
export const FETCH_MS = 1000;
/** Key sets have a few KB; more is no key set. */
const MAX_BYTES = 256 * 1024;

/**
 * Fetches the JSON at an address: one GET on a connection of its own (one that is kept may have been closed while the
 * container was frozen), no redirects, bounded in time and size.
 *
 * @throws IssuerKeysError
 */
export async function fetchKeys(uri: string, timeoutMs = FETCH_MS): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const text = await get(uri, signal);
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof IssuerKeysError) throw cause;
    if (signal.aborted) throw new IssuerKeysError(uri, `no answer within ${timeoutMs} ms`);
    if (cause instanceof SyntaxError) throw new IssuerKeysError(uri, 'the answer is not JSON');
    throw new IssuerKeysError(uri, (cause as NodeJS.ErrnoException).code ?? 'the connection failed', cause);
  }
}

async function get(uri: string, signal: AbortSignal): Promise<string> {
  const { request } = uri.startsWith('http:') ? http : https;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request(uri, { agent: false, signal, headers: { accept: 'application/json' } }, resolve)
      .on('error', reject)
      .end();
  });
  // Destroyed on every way out: an answer that nobody reads would hold its connection.
  try {
    if (response.statusCode !== 200) throw new IssuerKeysError(uri, `HTTP status ${response.statusCode}`);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new IssuerKeysError(uri, `the answer is larger than ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    response.destroy();
  }
}
