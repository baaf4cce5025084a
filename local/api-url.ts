/**
 * The local address of an API Gateway API: the outputs of a deployment name amazonaws.com, which is not where it answers.
 *
 * @param stage a REST API's stage; absent for an HTTP API, whose `$default` stage has no part in the path
 * @param path starts with `/`
 */
export function apiUrl(endpoint: string, apiId: string, stage: string | undefined, path: string): string {
  return `${endpoint}/_aws/execute-api/${apiId}${stage === undefined ? '' : `/${stage}`}${path}`;
}
