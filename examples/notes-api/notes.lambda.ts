import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { rateLimitHeaders } from '../../lambda/middleware/index.ts';
import { answer } from './notes.ts';

const CORS = { 'access-control-allow-origin': '*' };

type Event = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** The backend of both APIs. The middleware puts the verdict's headers on every answer, and 429 in place of it where due. */
export const handler = middy(async (event: Event): Promise<Exclude<APIGatewayProxyResultV2, string>> => {
  const { status, body } = answer(requestOf(event));
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...CORS },
    body: JSON.stringify(body),
  };
}).use(rateLimitHeaders({ limitedHeaders: CORS }));

function requestOf(event: Event): { method: string; path: string; body: string | undefined } {
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : event.body;
  if ('rawPath' in event) {
    const { http } = event.requestContext;
    return { method: http.method, path: event.rawPath, body: body ?? undefined };
  }
  return { method: event.httpMethod, path: event.path, body: body ?? undefined };
}
