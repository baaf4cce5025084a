import { HeadgateError } from '../errors/headgate-error.ts';
import { routeCouldMatch } from '../policy/match.ts';
import { apiText } from './engine.ts';
import { ATTACHMENT_RESOURCE, type ExpectedRoutes } from './resource.ts';

/** HG250: limits that would never hold. Nothing was changed. */
export class MissingRoutesError extends HeadgateError {
  constructor(missing: ExpectedRoutes['routes'], apis: ExpectedRoutes['apis']) {
    const lines = missing.map(({ limit, route }) => `- limit "${limit}": ${route}`).join('\n');
    const mend = 'Correct these routes in the policy, take them away, or attach the API that has them.';
    super('HG250', `no request on ${apis.map(apiText).join(', ')} can match:\n${lines}\n${mend}`);
  }
}

/** What the constructs expect. Nothing, where an older version of them has written the properties. */
export function readExpectedRoutes(properties: Readonly<Record<string, unknown>>): ExpectedRoutes {
  const text = properties[ATTACHMENT_RESOURCE.expected];
  return typeof text === 'string' ? (JSON.parse(text) as ExpectedRoutes) : { routes: [], apis: [] };
}

/**
 * Whether each route of a limit is on one of the attached APIs.
 *
 * @param routesOf the routes of an API, `POST /login`, `ANY /{proxy+}` or `$default`; none of one that does not exist
 * @throws MissingRoutesError HG250
 */
export async function checkExpectedRoutes(
  { routes, apis }: ExpectedRoutes,
  routesOf: (api: ExpectedRoutes['apis'][number]) => Promise<readonly string[]>,
): Promise<void> {
  if (routes.length === 0) return;
  const known: string[] = [];
  for (const api of apis) known.push(...(await routesOf(api)));
  const missing = routes.filter(({ route }) => {
    const [method = '', path = ''] = route.split(' ');
    return !known.some((one) => routeCouldMatch(one, { method, path }));
  });
  if (missing.length > 0) throw new MissingRoutesError(missing, apis);
}
