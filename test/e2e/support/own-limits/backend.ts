// Says what of the authorizer's context has reached it; logs in who knows the password.
import middy from '@middy/core';
import { rateLimitHeaders } from '../../../../lambda/middleware/index.ts';
import { rateLimit } from '../../../../lambda/middleware/rate-limit.ts';

interface Event {
  readonly body?: string;
  readonly requestContext: { readonly authorizer?: Readonly<Record<string, unknown>> };
}
interface Response {
  readonly statusCode: number;
  readonly body: string;
}
const bodyOf = (event: Event) => JSON.parse(event.body ?? '{}');

const who = middy(async (event: Event): Promise<Response> => {
  const authorizer = (event.requestContext.authorizer?.lambda ?? event.requestContext.authorizer) as object | undefined;
  return { statusCode: 200, body: JSON.stringify(authorizer ?? {}) };
}).use(rateLimitHeaders());

const logIn = middy(async (event: Event): Promise<Response> => {
  const right = bodyOf(event).password === 'right';
  return { statusCode: right ? 200 : 401, body: JSON.stringify({ right }) };
}).use(
  rateLimit({
    name: 'failed-log-ins',
    rate: '5/hour',
    by: (event: Event) => bodyOf(event).account,
    countOnly: (response: Response) => response.statusCode === 401,
    // Two loaded cores miss the usual deadline by mere load, and would fail open.
    firstDeadlineMs: 3000,
    deadlineMs: 3000,
  }),
);

export { logIn, who };
