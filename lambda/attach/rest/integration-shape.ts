import type { Json } from '../model.ts';

type Shape = Readonly<Record<string, unknown>>;

/**
 * What an integration does, from API Gateway's own form of it or from that in an export, so that the two can be compared.
 * Caches and time-outs are left out: exports of different age give them or not.
 */
export function integrationShape(value: unknown): Json {
  const one = (value ?? {}) as Shape;
  const responses = Object.entries((one.integrationResponses ?? one.responses ?? {}) as Record<string, unknown>).map(
    ([name, response]) => {
      const { selectionPattern, statusCode, responseParameters, responseTemplates } = (response ?? {}) as Shape;
      // In an export the name is the pattern, and the one without pattern is `default`.
      const pattern = 'integrationResponses' in one ? text(selectionPattern) || 'default' : name;
      const shape = {
        statusCode: text(statusCode),
        responseParameters: texts(responseParameters),
        responseTemplates: texts(responseTemplates),
      };
      return [pattern, shape] as const;
    },
  );
  const type = text(one.type).toLowerCase();
  return {
    type,
    uri: text(one.uri),
    httpMethod: text(one.httpMethod),
    credentials: text(one.credentials),
    connectionId: text(one.connectionId),
    contentHandling: text(one.contentHandling),
    passthroughBehavior: text(one.passthroughBehavior || 'when_no_match').toLowerCase(),
    requestParameters: texts(one.requestParameters),
    requestTemplates: texts(one.requestTemplates),
    // A proxy's answers are the backend's; consoles and exports give it one all the same.
    responses: type.endsWith('_proxy') ? {} : Object.fromEntries(responses),
  };
}

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** Without entries that say nothing. */
function texts(value: unknown): Record<string, string> {
  const entries = Object.entries((value ?? {}) as Shape).map(([name, one]) => [name, text(one)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== ''));
}
