import { rateLimitedFetch } from '../../examples/clients/rate-limited-fetch.ts';
import { rateLimitHeadersOf } from '../../lambda/http/rate-limit-headers.ts';
import { contextOf } from '../../lambda/http/verdict-context.ts';
import { Limiter } from '../../lambda/limiter/index.ts';
import { bucketBudget, queueBudget, windowBudget } from '../../lambda/policy/budget.ts';
import type { Budget, HeaderStyle } from '../../lambda/policy/policy.ts';
import { memoryStore } from '../../lambda/store/memory.ts';
import { asked, charge } from '../limiter/budgets.ts';

const START = Date.UTC(2027, 0, 15, 12, 0, 0, 350);
const LATENCY_MS = 30;

/** An API behind the real limiter, in virtual time. Its clock is `skewMs` ahead of the caller's. */
function apiOf(budgets: readonly Budget[], styles: readonly HeaderStyle[], skewMs = 0) {
  const clock = () => Date.now() + skewMs;
  const limiter = new Limiter({ store: memoryStore(), clock });
  const charges = budgets.map((budget) => charge(budget));
  const seen: { readonly status: number; readonly at: number; readonly retryAfter: string | null }[] = [];
  const api = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS / 2));
    const at = Date.now();
    const verdict = await limiter.decide([asked('client:me', ...charges)]);
    const headers = rateLimitHeadersOf(contextOf(verdict, { tier: 'free' }, clock(), styles));
    const response = new Response(null, {
      status: verdict.allowed ? 200 : 429,
      headers: { ...headers, date: new Date(clock()).toUTCString() },
    });
    seen.push({ status: response.status, at, retryAfter: response.headers.get('retry-after') });
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS / 2 + (verdict.waitMs ?? 0)));
    return response;
  };
  jest.spyOn(globalThis, 'fetch').mockImplementation(api);
  return { seen, api };
}

/** Runs virtual time until the work is done. */
async function inVirtualTime<T>(work: Promise<T>): Promise<T> {
  let done = false;
  work.finally(() => (done = true)).catch(() => {});
  for (let i = 0; i < 10_000 && !done; i++) await jest.advanceTimersByTimeAsync(1000);
  return work;
}

beforeEach(() => jest.useFakeTimers({ now: START }));
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const minute = { limit: 60, windowMs: 60_000 };
const BUDGETS: readonly [string, Budget][] = [
  ['sliding-window', windowBudget('a', 'sliding-window', minute)],
  ['sliding-window, resolution 20', windowBudget('a', 'sliding-window', minute, 20)],
  ['sliding-window of a second', windowBudget('a', 'sliding-window', { limit: 5, windowMs: 1000 })],
  ['sliding-window-log', windowBudget('a', 'sliding-window-log', minute)],
  ['sliding-window-counter', windowBudget('a', 'sliding-window-counter', minute)],
  ['fixed-window', windowBudget('a', 'fixed-window', minute)],
  ['token-bucket', bucketBudget('a', minute, 20)],
  ['leaky-bucket', queueBudget('a', minute, 3, 3000)],
];

describe.each<[string, readonly HeaderStyle[]]>([
  ['X-RateLimit-*', ['x-ratelimit']],
  ['RateLimit', ['ratelimit']],
])('by %s', (_, styles) => {
  test.each(BUDGETS)('%s: 200 requests pass without a 429, at a third of the rate or more', async (_name, budget) => {
    const { seen } = apiOf([budget], styles);
    const api = rateLimitedFetch();
    await inVirtualTime(
      (async () => {
        for (let i = 0; i < 200; i++) await api('https://api.example.com');
      })(),
    );
    expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
    const perSecond = (199 * 1000) / (seen.at(-1)!.at - seen[0]!.at);
    expect(perSecond).toBeGreaterThan((0.33 * budget.limit * 1000) / budget.windowMs);
  });

  test.each(BUDGETS)('%s: the same with forty at once', async (_name, budget) => {
    const { seen } = apiOf([budget], styles);
    const api = rateLimitedFetch();
    await inVirtualTime(Promise.all(Array.from({ length: 40 }, () => api('https://api.example.com'))));
    expect(seen.map(({ status }) => status)).toEqual(Array(40).fill(200));
  });

  test('several limits at once', async () => {
    const { seen } = apiOf(
      [windowBudget('a', 'fixed-window', { limit: 90, windowMs: 3_600_000 }), BUDGETS[2]![1]],
      styles,
    );
    const api = rateLimitedFetch();
    await inVirtualTime(Promise.all(Array.from({ length: 80 }, () => api('https://api.example.com'))));
    expect(seen.map(({ status }) => status)).toEqual(Array(80).fill(200));
  });

  test.each([-90_000, 90_000])('a clock that is %d ms off makes no difference', async (skewMs) => {
    const { seen } = apiOf([BUDGETS[0]![1]], styles, skewMs);
    const api = rateLimitedFetch();
    await inVirtualTime(Promise.all(Array.from({ length: 100 }, () => api('https://api.example.com'))));
    expect(seen.map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect(seen.at(-1)!.at - seen[0]!.at).toBeLessThan(300_000);
  });
});

describe('where somebody else spends the limit', () => {
  const usedUp = async () => {
    const world = apiOf([windowBudget('a', 'fixed-window', minute)], ['x-ratelimit']);
    await inVirtualTime(Promise.all(Array.from({ length: 60 }, world.api)));
    world.seen.length = 0;
    return world;
  };

  test('waits Retry-After, and no longer than a tenth more', async () => {
    const { seen } = await usedUp();
    const response = await inVirtualTime(rateLimitedFetch()('https://api.example.com'));
    expect(response.status).toBe(200);
    expect(seen.map(({ status }) => status)).toEqual([429, 200]);
    const waited = (seen[1]!.at - seen[0]!.at) / 1000;
    expect(waited).toBeGreaterThanOrEqual(Number(seen[0]!.retryAfter));
    expect(waited).toBeLessThanOrEqual(Number(seen[0]!.retryAfter) * 1.1 + 1.1);
  });

  test('a wait that is too long, or a body that can be sent only once: the 429 comes back', async () => {
    const { seen } = await usedUp();
    const short = await inVirtualTime(rateLimitedFetch({ longestWait: 1 })('https://api.example.com'));
    const body = new ReadableStream();
    const stream = await inVirtualTime(rateLimitedFetch()('https://api.example.com', { method: 'POST', body }));
    expect([short.status, stream.status, seen.length]).toEqual([429, 429, 2]);
  });

  test('gives up after as many tries as are wanted', async () => {
    let asked = 0;
    jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      asked++;
      return new Response(null, { status: 429 });
    });
    expect((await inVirtualTime(rateLimitedFetch({ retries: 2 })('https://api.example.com'))).status).toBe(429);
    expect(asked).toBe(3);
  });

  test('a wait can be broken off', async () => {
    await usedUp();
    const abort = new AbortController();
    const waiting = rateLimitedFetch()('https://api.example.com', { signal: abort.signal });
    const ended = expect(waiting).rejects.toThrow('enough');
    await jest.advanceTimersByTimeAsync(2000);
    abort.abort(new Error('enough'));
    await ended;
  });
});

test('an API without such headers is not slowed down', async () => {
  const starts: number[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    starts.push(Date.now());
    return new Response('ok');
  });
  const api = rateLimitedFetch();
  await inVirtualTime(Promise.all(Array.from({ length: 50 }, () => api('https://api.example.com'))));
  expect(starts).toHaveLength(50);
  expect(starts.at(-1)! - starts[0]!).toBeLessThan(200);
});
