import type { AuthorizerContext } from '../http/context.ts';
import { safeText } from '../http/header-value.ts';
import type { Caller } from '../identity/caller.ts';
import { member, record, text, texts } from '../request/request-text.ts';
import type { GateRequest } from './gate.ts';

/** The longest path that is read; a longer one counts as malformed when limits are matched. */
const MAX_PATH = 10_240;

/** The event of a REST API's REQUEST authorizer as a request. Takes anything; what is missing is empty. */
export function restRequest(event: unknown): GateRequest {
  const method = text(member(event, 'httpMethod'), 32);
  const template = member(event, 'resource');
  return {
    method,
    template: typeof template === 'string' ? template : undefined,
    path: text(member(event, 'path'), MAX_PATH),
    parameters: texts(member(event, 'pathParameters')),
    route: `${method} ${text(template)}`,
    headers: record(member(event, 'headers')),
    multiValueHeaders: record(member(event, 'multiValueHeaders')),
    sourceIp: member(event, 'requestContext', 'identity', 'sourceIp'),
    gatewayKeyId: member(event, 'requestContext', 'identity', 'apiKeyId'),
    proven: {
      identity: member(event, 'requestContext', 'identity'),
      authorizer: member(event, 'requestContext', 'authorizer'),
    },
    requestId: text(member(event, 'requestContext', 'requestId')),
    api: text(member(event, 'requestContext', 'apiId')),
    stage: text(member(event, 'requestContext', 'stage')),
  };
}

/** What a REST API's authorizer answers. */
export interface RestAnswer {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly [
      { readonly Effect: 'Allow' | 'Deny'; readonly Action: 'execute-api:Invoke'; readonly Resource: string },
    ];
  };
  readonly context: AuthorizerContext;
  /** The caller's key, by which an API whose `apiKeySource` is AUTHORIZER finds the usage plan; ignored by others. */
  readonly usageIdentifierKey?: string;
}

export interface RestAnswerOptions {
  /** What the caller sent as its key, for `usageIdentifierKey`; only an Allow names it. */
  readonly key?: string | undefined;
  /** Let limited requests through: the middleware in the backend answers them with 429. */
  readonly softDeny?: boolean;
}

/**
 * An explicit Allow or Deny. The answer is used for this request only (no result is cached), and still allows nothing
 * but this method of this stage. Where the event names no API there is nothing that could be allowed: a Deny.
 */
export function restAnswer(
  event: unknown,
  caller: Caller,
  context: AuthorizerContext,
  { key, softDeny = false }: RestAnswerOptions = {},
): RestAnswer {
  const resource = resourceOf(event);
  const allowed = (context.verdict === 'allowed' || softDeny) && resource !== undefined;
  return {
    principalId: safeText(caller.client ?? caller.address),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: allowed ? 'Allow' : 'Deny', Action: 'execute-api:Invoke', Resource: allowed ? resource : '*' },
      ],
    },
    context,
    ...(allowed && key !== undefined && { usageIdentifierKey: key }),
  };
}

/** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/...`; what follows the method is the caller's path. */
const METHOD_ARN =
  /^(arn:[a-z-]{1,32}:execute-api:[a-z0-9-]{1,32}:\d{12}:[A-Za-z0-9]{1,64}\/[A-Za-z0-9_$-]{1,128})\/([A-Z]{1,16})(?:\/|$)/;

/** `API/STAGE/METHOD/*` of the request; never an echo of the ARN's path, which can be long and hold `*` and `?`. */
function resourceOf(event: unknown): string | undefined {
  const match = METHOD_ARN.exec(text(member(event, 'methodArn'), MAX_PATH));
  return match ? `${match[1]}/${match[2]}/*` : undefined;
}
