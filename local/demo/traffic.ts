import type { Batch } from './callers.ts';
import type { Span } from './ledger.ts';

/** One answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** What came back for a batch. */
export interface Outcome {
  readonly batch: Batch;
  readonly answers: readonly Answer[];
  readonly span: Span;
}

export interface Destination {
  /** Where a path of the batch's API answers. */
  readonly url: (batch: Batch) => string;
  /** The header that carries a key. */
  readonly keyHeader: string;
  readonly signal: AbortSignal;
}

/** Sends a batch, one request after the other, as a caller in a loop does. */
export async function send(batch: Batch, { url, keyHeader, signal }: Destination): Promise<Outcome> {
  const answers: Answer[] = [];
  const headers = {
    'x-forwarded-for': batch.caller.address,
    ...(batch.caller.key !== undefined && { [keyHeader]: batch.caller.key }),
  };
  for (let sent = 0; sent < batch.count; sent++) {
    const sentAt = Date.now();
    const body = batch.method === 'POST' ? 'written by the demo' : null;
    const response = await fetch(url(batch), { method: batch.method, headers, body, signal });
    await response.arrayBuffer();
    answers.push({ status: response.status, headers: response.headers, sentAt, answeredAt: Date.now() });
  }
  return { batch, answers, span: { from: answers[0]?.sentAt ?? 0, to: answers.at(-1)?.answeredAt ?? 0 } };
}

export const isAllowed = ({ status }: Answer): boolean => status >= 200 && status < 300;
export const isLimited = ({ status }: Answer): boolean => status === 429;
export const isRefused = ({ status }: Answer): boolean => status === 401 || status === 403;
