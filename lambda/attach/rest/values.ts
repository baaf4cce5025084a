import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import type { Json } from '../model.ts';
import type { RestAuthorizer, RestMethod, RestResponse } from './rest-state.ts';

/** The authorization of a method, and nothing else of it: that is all that attaching changes. */
export interface MethodValue {
  readonly authorizationType: string;
  readonly authorizerId?: string;
  readonly scopes?: readonly string[];
}

export function methodValue({ authorizationType, authorizerId, scopes }: RestMethod): Json {
  return {
    authorizationType,
    ...(authorizerId !== undefined && { authorizerId }),
    ...(authorizerId !== undefined && scopes.length > 0 && { scopes }),
  };
}

export const ourMethodValue = (authorizerId: string): Json => ({ authorizationType: 'CUSTOM', authorizerId });

/** From one authorization to another, in one call: API Gateway checks type and authorizer together. */
export function methodPatch(from: MethodValue, to: MethodValue): PatchOperation[] {
  const patch: PatchOperation[] = [{ op: 'replace', path: '/authorizationType', value: to.authorizationType }];
  if (to.authorizerId !== undefined || from.authorizerId !== undefined) {
    patch.push({ op: 'replace', path: '/authorizerId', value: to.authorizerId ?? '' });
  }
  const [had, has] = [from.scopes ?? [], to.scopes ?? []];
  for (const value of had) if (!has.includes(value)) patch.push({ op: 'remove', path: '/authorizationScopes', value });
  for (const value of has) if (!had.includes(value)) patch.push({ op: 'add', path: '/authorizationScopes', value });
  return patch;
}

export interface AuthorizerValue {
  readonly name: string;
  readonly type: string;
  readonly uri: string;
  readonly ttl: number;
  readonly identitySource: string;
}

export function authorizerValue({ name, type, uri, ttl, identitySource }: RestAuthorizer | AuthorizerValue): Json {
  return { name, type, uri, ttl, identitySource };
}

const PATHS = {
  type: '/type',
  uri: '/authorizerUri',
  ttl: '/authorizerResultTtlInSeconds',
  identitySource: '/identitySource',
} as const;

export function authorizerPatch(from: AuthorizerValue, to: AuthorizerValue): PatchOperation[] {
  const names = Object.keys(PATHS) as (keyof typeof PATHS)[];
  return names
    .filter((name) => from[name] !== to[name])
    .map((name) => ({ op: 'replace', path: PATHS[name], value: String(to[name]) }));
}

export function responseValue(response: RestResponse | undefined): Json {
  if (response === undefined) return null;
  const { statusCode, responseParameters, responseTemplates } = response;
  return { statusCode, responseParameters, responseTemplates };
}

/** How a REST API reaches a function. */
export function invocationUri(functionArn: string): string {
  const [, partition = 'aws', , region = ''] = functionArn.split(':');
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
