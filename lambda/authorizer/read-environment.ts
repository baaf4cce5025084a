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
  /** Ids of the APIs of which that is true in any case. */
  readonly passKeyApis: ReadonlySet<string>;
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
  return {
    countersTable: required(AUTHORIZER_ENVIRONMENT.countersTable),
    registryTable: required(AUTHORIZER_ENVIRONMENT.registryTable),
    gate: required(AUTHORIZER_ENVIRONMENT.gate),
    softDenyApis: ids(environment[AUTHORIZER_ENVIRONMENT.softDenyApis]),
    passKeys: environment[AUTHORIZER_ENVIRONMENT.passKeys] === 'true',
    passKeyApis: ids(environment[AUTHORIZER_ENVIRONMENT.passKeyApis]),
    ...(firstDeadlineMs !== undefined && { firstDeadlineMs }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(flushMs !== undefined && { flushMs }),
  };
}

/** Ids with commas between. */
function ids(text = ''): ReadonlySet<string> {
  return new Set(
    text
      .split(',')
      .map((id) => id.trim())
      .filter(Boolean),
  );
}
