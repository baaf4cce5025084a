import type { GateRequest } from '../authorizer/gate.ts';
import { member, text } from '../request/request-text.ts';

/** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`; the path is the caller's, without its first slash. */
const METHOD_ARN = /^arn:[^:]*:execute-api:[^:]*:[^:]*:([^/]{1,64})\/([^/]{1,128})\/([A-Z]{1,16})(?:\/(.*))?$/s;
const MAX_ARN = 10_240;

/** Whether an event is of a REST API's TOKEN authorizer: it names a token and an ARN, and no address and no headers. */
export const isTokenEvent = (event: unknown): boolean => member(event, 'type') === 'TOKEN';

/** Such an event as a request. Who sent it is not known; where it goes is read from the ARN. */
export function tokenRequest(event: unknown): GateRequest {
  const [, api = '', stage = '', method = '', path = ''] =
    METHOD_ARN.exec(text(member(event, 'methodArn'), MAX_ARN)) ?? [];
  const route = `${method} /${path}`.slice(0, 256);
  return {
    ...{ method, path: `/${path}`, route, api, stage },
    ...{ headers: undefined, sourceIp: undefined, gatewayKeyId: undefined, requestId: '' },
  };
}
