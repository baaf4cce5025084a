import { Readable, Writable } from 'node:stream';
import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/executionModeStreamifyResponse';
import type { Context } from 'aws-lambda';
import { rateLimitHeaders, StreamingResponseError } from '../../lambda/middleware/index.ts';

const allowed = {
  verdict: 'allowed',
  limit: '20',
  remaining: '7',
  reset: '1800000013',
  limitName: 'client',
  tier: 'free',
};
const limited = { ...allowed, verdict: 'limited', remaining: '0', retryAfter: '18', detail: 'Used up.' };
const rest = (authorizer: unknown) => ({ httpMethod: 'GET', path: '/notes', requestContext: { authorizer } });
const http = (lambda: unknown) => ({
  version: '2.0',
  routeKey: 'GET /notes',
  requestContext: { authorizer: { lambda } },
});
const HEADERS = { 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': '7', 'X-RateLimit-Reset': '1800000013' };
// biome-ignore lint/suspicious/noExplicitAny: a response can be anything, which is what is tested.
type Anything = any;

const run = (handler: (event: unknown) => unknown, event: unknown, options?: Parameters<typeof rateLimitHeaders>[0]) =>
  middy<unknown, Anything>(handler as never).use(rateLimitHeaders(options))(event, {} as Context) as Promise<Anything>;

describe('on a request that passes', () => {
  test.each([
    ['REST', rest(allowed)],
    ['HTTP', http(allowed)],
  ])('a %s response gets the headers and keeps its own', async (_, event) => {
    const response = await run(() => ({ statusCode: 201, headers: { Location: '/notes/1' }, body: '{}' }), event);
    expect(response).toEqual({ statusCode: 201, headers: { Location: '/notes/1', ...HEADERS }, body: '{}' });
  });

  test.each([
    ['a string', 'hello', 'hello'],
    ['nothing', undefined, 'null'],
    ['null', null, 'null'],
    ['an object', { notes: [] }, '{"notes":[]}'],
    ['a list', [1, 2], '[1,2]'],
    ['a number', 7, '7'],
  ])('%s from an HTTP API handler becomes the response that API Gateway makes of it', async (_, result, body) => {
    expect(await run(() => result, http(allowed))).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json', ...HEADERS },
      body,
      isBase64Encoded: false,
    });
  });

  test.each([undefined, 'hello', null, [1]])(
    '%p from a REST handler stays what API Gateway refuses',
    async (result) => {
      expect(await run(() => result, rest(allowed))).toEqual(result);
    },
  );

  test('headers that the handler has set stay, in whatever case and form', async () => {
    const own = {
      statusCode: 200,
      headers: { 'x-ratelimit-limit': '5' },
      multiValueHeaders: { 'X-RATELIMIT-RESET': ['9'] },
    };
    const response = await run(() => own, rest(allowed));
    expect(response.headers).toEqual({ 'x-ratelimit-limit': '5', 'X-RateLimit-Remaining': '7' });
    expect(response.multiValueHeaders).toEqual(own.multiValueHeaders);
  });

  test('a frozen response is not changed, cookies and other members stay', async () => {
    const own = Object.freeze({
      statusCode: 200,
      headers: Object.freeze({ A: '1' }),
      cookies: ['a=b'],
      isBase64Encoded: true,
    });
    const response = await run(() => own, http(allowed));
    expect(response).toEqual({ ...own, headers: { A: '1', ...HEADERS } });
  });

  test('an answer to an error that another middleware makes gets the headers too', async () => {
    const answering = middy<unknown, Anything>((() => Promise.reject(new Error('broken'))) as never)
      .use(rateLimitHeaders())
      .use({
        onError: (request) => {
          request.response = { statusCode: 500, body: 'broken' };
        },
      });
    expect(await answering(rest(allowed), {} as Context)).toEqual({
      statusCode: 500,
      body: 'broken',
      headers: HEADERS,
    });
  });

  test('an error that nobody answers goes on', async () => {
    await expect(run(() => Promise.reject(new Error('broken')), rest(allowed))).rejects.toThrow('broken');
  });

  test('a verdict over no limit adds nothing', async () => {
    const response = await run(() => ({ statusCode: 200 }), rest({ verdict: 'allowed', tier: 'free' }));
    expect(response).toEqual({ statusCode: 200, headers: {} });
  });
});

describe('CORS', () => {
  const names = 'X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After';
  const exposed = async (response: object, options?: Parameters<typeof rateLimitHeaders>[0]) =>
    run(() => ({ statusCode: 200, ...response }), rest(allowed), options);

  test('a response with CORS headers exposes ours', async () => {
    const { headers } = await exposed({ headers: { 'access-control-allow-origin': '*' } });
    expect(headers['Access-Control-Expose-Headers']).toBe(names);
  });
  test('what is exposed already stays, nothing stands twice', async () => {
    const { headers } = await exposed({ headers: { 'Access-Control-Expose-Headers': 'ETag, retry-after' } });
    expect(headers['Access-Control-Expose-Headers']).toBe(
      'ETag, retry-after, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset',
    );
  });
  test('a multi-value header gets one value more for each', async () => {
    const { multiValueHeaders, headers } = await exposed({
      multiValueHeaders: { 'Access-Control-Expose-Headers': ['ETag'] },
    });
    expect(multiValueHeaders['Access-Control-Expose-Headers']).toEqual(['ETag', ...names.split(', ')]);
    expect(headers).not.toHaveProperty('Access-Control-Expose-Headers');
  });
  test('`*` exposes all, and without CORS there is nothing to expose', async () => {
    const star = await exposed({ headers: { 'Access-Control-Expose-Headers': '*' } });
    expect(star.headers['Access-Control-Expose-Headers']).toBe('*');
    expect((await exposed({})).headers).toEqual(HEADERS);
  });
  test('can be switched off', async () => {
    const { headers } = await exposed({ headers: { 'Access-Control-Allow-Origin': '*' } }, { exposeHeaders: false });
    expect(headers).not.toHaveProperty('Access-Control-Expose-Headers');
  });
});

describe('on a request that is limited', () => {
  test('answers 429 and does not call the handler', async () => {
    const handler = jest.fn();
    const response = await run(handler, http(limited));
    expect(handler).not.toHaveBeenCalled();
    expect(response).toEqual({
      statusCode: 429,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        ...HEADERS,
        'X-RateLimit-Remaining': '0',
        'Retry-After': '18',
      },
      body: expect.any(String),
      isBase64Encoded: false,
    });
    expect(JSON.parse(response.body)).toEqual({
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: 'Used up.',
      limit: 'client',
      retryAfter: '18',
    });
  });
  test('with further headers where they are asked for', async () => {
    const { headers } = await run(jest.fn(), http(limited), { limitedHeaders: { 'Access-Control-Allow-Origin': '*' } });
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': '*', 'Retry-After': '18' });
    expect(headers['Access-Control-Expose-Headers']).toContain('Retry-After');
  });
});

describe('without a verdict', () => {
  test.each([
    undefined,
    {},
    { requestContext: null },
    rest(undefined),
    rest({ principalId: 'x' }),
    http(null),
    { version: '2.0', requestContext: { authorizer: { jwt: { claims: {} } } } },
  ])('%j: nothing is touched', async (event) => {
    const response = { statusCode: 200, body: 'x' };
    expect(await run(() => response, event)).toBe(response);
  });
});

describe('a stream', () => {
  const stream = () => Readable.from(['a']);
  test.each([
    ['as the body, of Node', () => ({ statusCode: 200, body: stream() })],
    ['as the body, of the web', () => ({ statusCode: 200, body: new ReadableStream() })],
    ['as the response', stream],
  ])('%s is refused', async (_, handler) => {
    const refused = run(handler, rest(allowed));
    await expect(refused).rejects.toThrow(StreamingResponseError);
    await expect(refused).rejects.toThrow(/HG340.*stream/);
  });
});

describe("middy's streamifyResponse", () => {
  const written: unknown[] = [];
  beforeAll(() => {
    // What the Lambda runtime provides.
    Object.assign(globalThis, {
      awslambda: {
        streamifyResponse: (handler: unknown) => handler,
        HttpResponseStream: {
          from: (stream: unknown, prelude: unknown) => {
            written.push(prelude);
            return stream;
          },
        },
      },
    });
  });
  afterAll(() => {
    Reflect.deleteProperty(globalThis, 'awslambda');
  });
  const streamed = (body: unknown) => {
    const handler = middy<unknown, Anything>((async () => ({ statusCode: 200, body })) as never, {
      executionMode: executionModeStreamifyResponse,
    }).use(rateLimitHeaders());
    const sink = new Writable({ write: (chunk, _, done) => done(void written.push(String(chunk))) });
    return (handler as Anything)(rest(allowed), sink, {}) as Promise<void>;
  };

  test('a body that is a stream is refused, and nothing is sent', async () => {
    written.length = 0;
    await expect(streamed(Readable.from(['a']))).rejects.toThrow(StreamingResponseError);
    expect(written).toEqual([]);
  });
  test('a body that is a text is sent after the headers, as ever', async () => {
    written.length = 0;
    await streamed('hello');
    expect(written[0]).toEqual({ statusCode: 200, headers: HEADERS });
    expect(written.at(-1)).toBe('hello');
  });
});
