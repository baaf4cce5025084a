import { MissingEnvironmentError } from './authorizer-error.ts';
import { AUTHORIZER_ENVIRONMENT } from './environment.ts';

export interface AuthorizerSettings {
  readonly countersTable: string;
  readonly registryTable: string;
  /** Value of the metrics' dimension. */
  readonly gate: string;
  /** Ids of the HTTP APIs whose limited requests are let through to the middleware. */
  readonly softDenyApis: ReadonlySet<string>;
}

/** @throws MissingEnvironmentError */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): AuthorizerSettings {
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new MissingEnvironmentError(name);
    return value;
  };
  const apis = environment[AUTHORIZER_ENVIRONMENT.softDenyApis] ?? '';
  return {
    countersTable: required(AUTHORIZER_ENVIRONMENT.countersTable),
    registryTable: required(AUTHORIZER_ENVIRONMENT.registryTable),
    gate: required(AUTHORIZER_ENVIRONMENT.gate),
    softDenyApis: new Set(
      apis
        .split(',')
        .map((id) => id.trim())
        .filter(Boolean),
    ),
  };
}
