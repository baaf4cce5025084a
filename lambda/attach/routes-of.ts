import type { ControlPlane } from './control-plane.ts';
import { isNotFound } from './control-plane-failure.ts';
import { readRoutes } from './http/read-http-api.ts';
import type { AttachTarget } from './model.ts';
import { readMethods } from './rest/read-rest-api.ts';
import type { ApiClients } from './run.ts';

/** The routes that an API has; none where it does not exist. */
export async function routesOf(
  { rest, http }: ApiClients,
  plane: ControlPlane,
  { kind, apiId }: Pick<AttachTarget, 'kind' | 'apiId'>,
): Promise<readonly string[]> {
  try {
    const routes =
      kind === 'rest'
        ? await readMethods({ client: rest, plane }, apiId)
        : await readRoutes({ client: http, plane }, apiId);
    return routes.map(({ route }) => route);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
