import type { Json } from '../model.ts';
import { parse, type Shape, shape } from '../unknown-json.ts';
import { withoutOurMappings } from './header-mappings.ts';

/** What an export of an HTTP API says, a stage's or that of the API as it is now. */
export interface ExportedHttpApi {
  /** By route key. */
  readonly operations: ReadonlyMap<string, ExportedRoute>;
  /** Authorizers by name. */
  readonly authorizers: ReadonlyMap<string, Json>;
  readonly cors: Json;
}

export interface ExportedRoute {
  /** Names of authorizers. */
  readonly security: readonly string[];
  /** Callers sign their requests (`AWS_IAM`). */
  readonly iam: boolean;
  /** Without the mappings that the gate adds. */
  readonly integration: Json;
}

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'];
const EXTENSION = 'x-amazon-apigateway-';
const ANY = `${EXTENSION}any-method`;

/** Reads an export (OpenAPI 3.0 with API Gateway's extensions). Takes any text; `undefined`: it is no such document. */
export function readHttpExport(text: string): ExportedHttpApi | undefined {
  const document = shape(parse(text));
  const paths = document && shape(document.paths);
  if (document === undefined || paths === undefined) return undefined;
  const components = shape(document.components) ?? {};
  const integrations = shape(components[`${EXTENSION}integrations`]) ?? {};
  const operations = new Map<string, ExportedRoute>();
  for (const [path, item] of Object.entries(paths)) {
    for (const [name, value] of Object.entries(shape(item) ?? {})) {
      const operation = shape(value);
      if (operation === undefined || (name !== ANY && !METHODS.includes(name))) continue;
      operations.set(routeKeyOf(name, path), routeOf(operation, integrations));
    }
  }
  const schemes = Object.entries(shape(components.securitySchemes) ?? {});
  return {
    operations,
    authorizers: new Map(schemes.map(([name, one]) => [name, (one ?? null) as Json])),
    cors: (document[`${EXTENSION}cors`] ?? null) as Json,
  };
}

function routeKeyOf(name: string, path: string): string {
  if (name !== ANY) return `${name.toUpperCase()} ${path}`;
  return path === '/$default' || path === '$default' ? '$default' : `ANY ${path}`;
}

function routeOf(operation: Shape, integrations: Shape): ExportedRoute {
  const security = Array.isArray(operation.security) ? operation.security : [];
  const auth = shape(operation[`${EXTENSION}auth`])?.type;
  const integration = shape(operation[`${EXTENSION}integration`]) ?? {};
  // Integrations that routes share are written once.
  const shared = /\/([^/]+)$/.exec(String(integration.$ref ?? ''))?.[1];
  const own = shared === undefined ? integration : (shape(integrations[shared]) ?? {});
  return {
    security: security.flatMap((one) => Object.keys(shape(one) ?? {})),
    iam: String(auth).toUpperCase() === 'AWS_IAM',
    integration: integrationOf(own),
  };
}

function integrationOf({ responseParameters, ...rest }: Shape): Json {
  const others = withoutOurMappings((responseParameters ?? {}) as Record<string, Record<string, string>>);
  return { ...rest, ...(Object.keys(others).length > 0 && { responseParameters: others }) } as Json;
}
