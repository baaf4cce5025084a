import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { ControlPlane } from '../control-plane.ts';

/** The client of HTTP APIs and the pace at which it is asked. The client makes no retries of its own. */
export interface HttpCalls {
  readonly client: Pick<ApiGatewayV2Client, 'send'>;
  readonly plane: ControlPlane;
}

interface Page<T> {
  readonly Items?: T[] | undefined;
  readonly NextToken?: string | undefined;
}

/** Reads all pages of a collection. */
export async function allPages<T>(page: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { Items = [], NextToken } = await page(token);
    all.push(...Items);
    token = NextToken;
  } while (token !== undefined && token !== '');
  return all;
}

/** The items in a page, as many as API Gateway gives. */
export const PAGE = '500';
