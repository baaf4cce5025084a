import { MissingEnvironmentError } from './authorizer-error.ts';
import { AUTHORIZER_ENVIRONMENT } from './environment.ts';

export interface AuthorizerSettings {
  readonly countersTable: string;
  readonly registryTable: string;
  /** Value of the metrics' dimension. */
  readonly gate: string;
  /** Ids of the APIs whose limited requests are let through to the middleware. */
  readonly softDenyApis: ReadonlySet<string>;
  /** Answers to REST APIs name the caller's key, for APIs that take it from the authorizer. */
  readonly passKeys: boolean;
  /** How long a container's first decision may wait for the counters, ms; absent: the default. */
  readonly firstDeadlineMs?: number;
  /** The same for its later decisions. */
  readonly deadlineMs?: number;
  /** Over which metrics are gathered before they are written, ms; absent: the default. */
  readonly flushMs?: number;
}

/** @throws MissingEnvironmentError */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): AuthorizerSettings {
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new MissingEnvironmentError(name);
    return value;
  };
  const milliseconds = (name: string): number | undefined => {
    const value = Number(environment[name]);
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  const firstDeadlineMs = milliseconds(AUTHORIZER_ENVIRONMENT.firstDeadlineMs);
  const deadlineMs = milliseconds(AUTHORIZER_ENVIRONMENT.deadlineMs);
  const flushMs = milliseconds(AUTHORIZER_ENVIRONMENT.flushMs);
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
    passKeys: environment[AUTHORIZER_ENVIRONMENT.passKeys] === 'true',
    ...(firstDeadlineMs !== undefined && { firstDeadlineMs }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(flushMs !== undefined && { flushMs }),
  };
}
