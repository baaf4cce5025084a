export interface RateLimitedFetchOptions {
  /** How often a request is repeated after a 429. @default 5 */
  readonly retries?: number;
  /** The longest wait, in seconds, that a 429 may ask for; with a longer one it is returned as it is. @default 120 */
  readonly longestWait?: number;
}

/** Where the API says that we stand under one of its limits. */
interface Standing {
  readonly limit: number;
  readonly left: number;
  /** Milliseconds since 1970, on this machine's clock. */
  readonly resetAt: number;
}

/**
 * A `fetch` that keeps to the API's limits. It slows down as the headers tell that a limit is being used up, so that
 * there are no 429s where nobody else spends the same limits, and waits `Retry-After` where there is one.
 *
 * Make one for each group of calls with limits of its own, and use it for all of them. A body that is a stream can be
 * sent only once: such a request is not repeated.
 */
export function rateLimitedFetch({ retries = 5, longestWait = 120 }: RateLimitedFetchOptions = {}): typeof fetch {
  let line: Promise<unknown> = Promise.resolve();
  let standings: readonly Standing[] | undefined;
  let underway = 0;
  let lastStart = 0;
  let pausedUntil = 0;

  /** How long until the next request may start: what is left is spread over the time that it has to last. */
  function delay(now: number): number {
    // Until the first answer nobody knows how many may start.
    if (standings === undefined && underway > 0) return 50;
    const starts = (standings ?? []).map(({ limit, left, resetAt }) => {
      const reset = resetAt <= now;
      const free = (reset ? limit : left) - underway;
      // Full again, but only for as many: their answers tell more.
      if (reset) return free > 0 || underway === 0 ? now : now + 50;
      if (free > limit / 2) return now;
      return free <= 0 ? resetAt : lastStart + (resetAt - lastStart) / (free + 1);
    });
    return Math.max(pausedUntil, ...starts) - now;
  }

  async function start(signal: AbortSignal | null | undefined): Promise<void> {
    for (let ms = delay(Date.now()); ms > 0; ms = delay(Date.now())) await sleep(Math.min(ms, 1000), signal);
    lastStart = Date.now();
    underway++;
  }

  return async (input, init) => {
    const signal = init?.signal;
    const once = init?.body instanceof ReadableStream;
    for (let repeated = 0; ; repeated++) {
      // One after the other: each waits until those before it have started.
      const turn = line.then(() => start(signal));
      line = turn.catch(() => {});
      await turn;
      let response: Response;
      try {
        response = await fetch(input instanceof Request ? input.clone() : input, init);
      } finally {
        underway--;
      }
      standings = standingsOf(response.headers) ?? standings ?? [];
      if (response.status !== 429) return response;
      const seconds = retryAfter(response.headers) ?? 2 ** repeated;
      // A little more than asked for: others were turned away too, and should not all come back at once.
      pausedUntil = Math.max(pausedUntil, Date.now() + seconds * 1000 * (1 + Math.random() / 10));
      if (once || repeated >= retries || seconds > longestWait) return response;
      await response.body?.cancel();
    }
  };
}

function standingsOf(headers: Headers): readonly Standing[] | undefined {
  const now = Date.now();
  // RateLimit: "client";r=59;t=60 and RateLimit-Policy: "client";q=60;w=60, every limit by its name.
  const sizes = new Map(
    items(headers.get('ratelimit-policy'), /"([^"]*)";q=(\d+)/g).map(([, name, q]) => [name, Number(q)]),
  );
  const named = items(headers.get('ratelimit'), /"([^"]*)";r=(\d+);t=(\d+)/g);
  if (named.length > 0) {
    return named.map(([, name, r, t]) => ({
      limit: sizes.get(name) ?? 0,
      left: Number(r),
      resetAt: now + Number(t) * 1000,
    }));
  }
  // X-RateLimit-*: the most restrictive limit. Its reset is a time of day, by the clock of the answer's Date.
  const [limit, left, reset] = ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`));
  if (limit == null || left == null || reset == null) return undefined;
  const answeredAt = Date.parse(headers.get('date') ?? '') || now;
  return [{ limit: Number(limit), left: Number(left), resetAt: now + Number(reset) * 1000 - answeredAt }];
}

const items = (field: string | null, item: RegExp): RegExpMatchArray[] => [...(field ?? '').matchAll(item)];

/** Seconds; `Retry-After` is a number of them, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

function sleep(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
