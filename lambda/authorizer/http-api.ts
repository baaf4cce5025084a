import type { AuthorizerContext } from '../http/context.ts';
import { canonicalPath } from '../policy/path-forms.ts';
import { member, record, text, texts } from '../request/request-text.ts';
import type { GateRequest } from './gate.ts';

const MAX_PATH = 10_240;

/** Whether an event comes from an HTTP API (payload format 2.0). */
export function isHttpApiEvent(event: unknown): boolean {
  return member(event, 'version') === '2.0';
}

/** The event of an HTTP API's authorizer, payload format 2.0, as a request. Takes anything; what is missing is empty. */
export function httpApiRequest(event: unknown): GateRequest {
  const routeKey = text(member(event, 'routeKey'));
  const stage = text(member(event, 'requestContext', 'stage'));
  const rawPath = text(member(event, 'rawPath'), MAX_PATH);
  const path = withoutStage(rawPath, stage);
  // Whether the stage is in the path of a custom domain is not documented: both readings count.
  const isOwnDomain = text(member(event, 'requestContext', 'domainName')).includes('.execute-api.');
  return {
    method: text(member(event, 'requestContext', 'http', 'method'), 32),
    template: routeKey === '' ? undefined : routeKey.slice(routeKey.indexOf(' ') + 1),
    path,
    ...(path === rawPath ? spelledOtherwise(rawPath, stage) : isOwnDomain ? {} : { otherPaths: [rawPath] }),
    parameters: texts(member(event, 'pathParameters')),
    route: routeKey,
    headers: record(member(event, 'headers')),
    sourceIp: member(event, 'requestContext', 'http', 'sourceIp'),
    gatewayKeyId: undefined,
    proven: { authorizer: member(event, 'requestContext', 'authorizer') },
    requestId: text(member(event, 'requestContext', 'requestId')),
    api: text(member(event, 'requestContext', 'apiId')),
    stage,
  };
}

/** `rawPath` begins with the stage, apart from `$default`. */
function withoutStage(path: string, stage: string): string {
  if (stage === '' || stage === '$default') return path;
  if (path === `/${stage}`) return '/';
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}

/** `/%70rod/login`, `//prod/login`: if API Gateway takes that for the stage, what follows is what the backend reads. */
function spelledOtherwise(rawPath: string, stage: string): Pick<GateRequest, 'otherPaths'> {
  if (stage === '' || stage === '$default') return {};
  const usual = canonicalPath(rawPath);
  const path = withoutStage(usual, stage.toLowerCase());
  return path === usual ? {} : { otherPaths: [path] };
}

/** What an HTTP API's authorizer answers (simple responses). */
export interface HttpApiAnswer {
  readonly isAuthorized: boolean;
  readonly context: AuthorizerContext;
}

/** @param softDeny let limited requests through: the middleware in the backend answers them with 429 */
export function httpApiAnswer(context: AuthorizerContext, softDeny: boolean): HttpApiAnswer {
  return { isAuthorized: context.verdict === 'allowed' || softDeny, context };
}
