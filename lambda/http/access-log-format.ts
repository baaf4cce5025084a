import { CONTEXT } from './context.ts';

/**
 * One JSON line for each request. What a caller can write freely (path, query, headers) is not in it: a quotation mark there
 * would break the line, and a broken line is not counted. No key; of a usage plan's key its id.
 *
 * Of a denied request the authorizer's values are documented for neither kind of API; where they are missing they read `-`.
 */
export function accessLogFormat(kind: 'rest' | 'http', gateName: string): string {
  return JSON.stringify({
    gate: gateName,
    api: '$context.apiId',
    stage: '$context.stage',
    requestId: '$context.requestId',
    time: '$context.requestTime',
    method: '$context.httpMethod',
    route: kind === 'rest' ? '$context.resourcePath' : '$context.routeKey',
    status: '$context.status',
    response: '$context.error.responseType',
    backendStatus: '$context.integration.status',
    verdict: `$context.authorizer.${CONTEXT.verdict}`,
    limit: `$context.authorizer.${CONTEXT.limitName}`,
    client: `$context.authorizer.${CONTEXT.client}`,
    tier: `$context.authorizer.${CONTEXT.tier}`,
    sourceIp: '$context.identity.sourceIp',
    latency: '$context.responseLatency',
    ...(kind === 'rest' && { apiKeyId: '$context.identity.apiKeyId', waf: '$context.wafResponseCode' }),
  });
}
