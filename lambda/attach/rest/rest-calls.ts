import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ControlPlane } from '../control-plane.ts';

/** The client of API Gateway and the pace at which it is asked. The client makes no retries of its own. */
export interface RestCalls {
  readonly client: Pick<APIGatewayClient, 'send'>;
  readonly plane: ControlPlane;
}

/** Reads all pages of a collection. */
export async function allPages<T>(
  page: (position: string | undefined) => Promise<{ items?: T[] | undefined; position?: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let position: string | undefined;
  do {
    const { items = [], position: next } = await page(position);
    all.push(...items);
    position = next;
  } while (position !== undefined);
  return all;
}
