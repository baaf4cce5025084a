import { parse, shape } from '../unknown-json.ts';
import type { ExportedApi, ExportedOperation, RestResponse } from './rest-state.ts';

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'];
const ANY = 'x-amazon-apigateway-any-method';

/** Reads a stage's export. Takes any text; what is not as expected is left out. */
export function readExport(text: string): ExportedApi | undefined {
  const document = shape(parse(text));
  const paths = document && shape(document.paths);
  if (document === undefined || paths === undefined) return undefined;
  const operations = new Map<string, ExportedOperation>();
  for (const [path, item] of Object.entries(paths)) {
    for (const [name, value] of Object.entries(shape(item) ?? {})) {
      const operation = shape(value);
      if (operation === undefined || (name !== ANY && !METHODS.includes(name))) continue;
      operations.set(`${name === ANY ? 'ANY' : name.toUpperCase()} ${path}`, {
        security: list(operation.security).flatMap((one) => Object.keys(shape(one) ?? {})),
        integration: operation['x-amazon-apigateway-integration'],
      });
    }
  }
  const schemes = Object.entries(shape(shape(document.components)?.securitySchemes) ?? {});
  const uris = schemes.map(([name, scheme]) => {
    const uri = shape(shape(scheme)?.['x-amazon-apigateway-authorizer'])?.authorizerUri;
    return [name, typeof uri === 'string' ? uri : ''] as const;
  });
  const responses = shape(document['x-amazon-apigateway-gateway-responses']);
  return {
    operations,
    authorizerUris: new Map(uris),
    ...(responses && { responses: new Map(Object.entries(responses).map(([type, one]) => [type, responseOf(one)])) }),
  };
}

function responseOf(value: unknown): RestResponse {
  const { statusCode, responseParameters, responseTemplates } = shape(value) ?? {};
  return {
    statusCode: statusCode === undefined || statusCode === null ? '' : String(statusCode),
    responseParameters: (shape(responseParameters) ?? {}) as Record<string, string>,
    responseTemplates: (shape(responseTemplates) ?? {}) as Record<string, string>,
  };
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
