import { Token } from 'aws-cdk-lib';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import type { RoutePattern } from '../../lambda/policy/policy.ts';
import { isFinding } from '../../lambda/policy/report.ts';
import { parseRoute } from '../../lambda/policy/route-syntax.ts';
import { API_ID_PATTERN, STAGE_PATTERN } from '../../lambda/policy/schema.ts';
import { DeployError } from '../deploy-error.ts';

/** An API that this app does not make. One of `restApiId` and `httpApiId`. */
export interface AttachOptions {
  /** The id of a REST API in the stack's account and region, such as `a1b2c3d4e5`. */
  readonly restApiId?: string;
  /** The id of an HTTP API in the stack's account and region. */
  readonly httpApiId?: string;
  /** The stage that callers use; `$default` on HTTP APIs only. */
  readonly stage: string;
  /** The routes to guard, as in the policy: `POST /login`, `ANY /reports/*`. @default - all that have no authorizer */
  readonly routes?: readonly string[];
  /**
   * What a request over a limit gets. `forbidden`: 403. `middleware`: it reaches the backend with the verdict, and
   * `headgate/middleware` there answers 429.
   *
   * @default - 429 on a REST API, 403 on an HTTP API
   */
  readonly deny?: 'forbidden' | 'middleware';
  /** REST API: others deny on it, and it is understood that their 403 will read 429. @default false - stop, with the list */
  readonly sharedDeny?: boolean;
  /** Take the place of authorizers that routes have, until the gate is detached. @default false - such routes are left alone */
  readonly replace?: boolean;
  /**
   * REST API: where it takes API keys from its authorizers (`apiKeySource: AUTHORIZER`), give its methods the key that the
   * caller sends in the header of the policy's `identify`.
   *
   * @default false - the gate gives no key; it stops where it would take the place of an authorizer that does
   */
  readonly passKeys?: boolean;
  /** The API's edits that are not deployed yet may go live with the gate. @default false - stop, with the list */
  readonly publishPending?: boolean;
}

/** @throws DeployError HG251 */
export function attachedApiOf(options: AttachOptions): AttachedApi {
  const { restApiId, httpApiId, stage, deny, sharedDeny, replace, passKeys, publishPending } = options;
  if ((restApiId === undefined) === (httpApiId === undefined)) {
    throw bad(
      `attach() takes one API: either restApiId or httpApiId, and got ${restApiId === undefined ? 'none' : 'both'}.`,
    );
  }
  const kind = restApiId === undefined ? 'http' : 'rest';
  const name = kind === 'rest' ? 'restApiId' : 'httpApiId';
  const apiId = known(name, (restApiId ?? httpApiId)!, API_ID_PATTERN, 'the id of an API, such as a1b2c3d4e5');
  const stages = `the name of a stage${kind === 'http' ? ', or $default' : ''}`;
  known('stage', stage, kind === 'http' ? STAGE_PATTERN : /^[A-Za-z0-9_-]{1,128}$/, stages);
  if (kind === 'http' && sharedDeny !== undefined) {
    throw bad("sharedDeny is for REST APIs: an HTTP API's other authorizers keep their own answers. Leave it out.");
  }
  if (kind === 'http' && passKeys !== undefined)
    throw bad('passKeys is for REST APIs: an HTTP API has no keys. Leave it out.');
  const routes = options.routes?.map(routeOf);
  if (routes?.length === 0)
    throw bad('routes is empty, so that nothing would be guarded. Leave it out for all routes.');
  return {
    kind,
    apiId,
    stage,
    ...(routes && { routes }),
    ...(deny !== undefined && { deny }),
    ...(sharedDeny === true && { sharedDeny }),
    ...(replace === true && { replace }),
    ...(passKeys === true && { passKeys }),
    ...(publishPending === true && { publishPending }),
  };
}

function known(name: string, value: string, pattern: RegExp, allowed: string): string {
  if (Token.isUnresolved(value)) {
    const own = 'An API that this app makes is protected by protect(api)';
    throw bad(`${name} is known at deployment only. ${own}; for another, write ${allowed}.`);
  }
  if (pattern.test(value)) return value;
  const inside =
    /\/(?:rest)?apis\/([a-z0-9]+)/.exec(value)?.[1] ?? /^(?:https:\/\/)?([a-z0-9]+)\.execute-api\./.exec(value)?.[1];
  const hint = inside === undefined ? '' : ` Write "${inside}", if that API is in this stack's account and region.`;
  throw bad(`${name} is "${value.slice(0, 100)}"; allowed: ${allowed}.${hint}`);
}

function routeOf(text: string): RoutePattern {
  const route = parseRoute(text);
  if (isFinding(route)) throw bad(`routes: ${route.message}. Allowed: ${route.allowed}. To mend it, ${route.mend}.`);
  return route;
}

const bad = (message: string): DeployError => new DeployError('badAttachment', message);
