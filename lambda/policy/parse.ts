import { checkApiRoutes, checkCellIds, checkItemSizes } from './check-policy.ts';
import { checkWriteRates } from './check-writes.ts';
import type { Deployment } from './deployment.ts';
import type { Limit, Policy } from './policy.ts';
import { PolicyError, type PolicyProblem } from './problem.ts';
import { readAlarms } from './read-alarms.ts';
import { readApis } from './read-apis.ts';
import { readAddress, readExempt } from './read-callers.ts';
import { readHeaders } from './read-headers.ts';
import { readIdentify } from './read-identify.ts';
import { choice, readLimit } from './read-limit.ts';
import { readTiers } from './read-tiers.ts';
import { isMap, Report } from './report.ts';
import { MODES, MOST } from './schema.ts';
import { PolicySource } from './source.ts';
import { checkStructure } from './structure.ts';

export { PolicyError, type PolicyProblem } from './problem.ts';

export interface ParseOptions {
  /** The routes of the protected APIs (`POST /login`, `ANY /{proxy+}`, `$default`): a limit's route must be on one. */
  readonly routes?: readonly string[];
  /** Containers of the authorizer, for the estimate of writes (HG119); absent: as many as the rates need. */
  readonly containers?: number;
}

export interface ParsedPolicy {
  /** Absent where a problem is an error. */
  readonly policy?: Policy;
  /** Present where the policy is. */
  readonly deployment?: Deployment;
  /** All of them at once, errors and warnings, in the file's order. */
  readonly problems: readonly PolicyProblem[];
}

/** Reads the text of a `headgate.yaml`. Never throws for what the text says. */
export function parsePolicy(text: string, options: ParseOptions = {}): ParsedPolicy {
  const source = new PolicySource(text);
  const report = new Report(source);
  const read = source.data === undefined ? undefined : readPolicy(source.data, report, options);
  const problems = [...source.problems, ...report.problems];
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  const failed = problems.some(({ severity }) => severity === 'error');
  return failed || read === undefined ? { problems } : { ...read, problems };
}

/**
 * Reads the text of a `headgate.yaml`, or says everything that is wrong with it.
 *
 * @param file how messages name the file
 * @throws PolicyError (HG101) with all problems
 */
export function compilePolicy(text: string, file: string, options: ParseOptions = {}): Policy {
  const { policy, problems } = parsePolicy(text, options);
  if (policy === undefined) throw new PolicyError(file, problems);
  return policy;
}

interface Read {
  readonly policy: Policy;
  readonly deployment: Deployment;
}

function readPolicy(data: unknown, report: Report, { routes, containers }: ParseOptions): Read | undefined {
  checkStructure(data, report);
  if (!isMap(data)) return undefined;
  const { tiers, plans } = readTiers(data.tiers, report);
  const shadow = choice(data.mode, MODES) === 'shadow';
  const named = isMap(data.limits) ? Object.entries(data.limits) : [];
  checkCount(data.limits, named.length, report);
  const limits = named
    .map(([name, raw]) => readLimit(name, raw, { tiers, shadow, report }))
    .filter((limit): limit is Limit => limit !== undefined);
  const address = readAddress(data.address, report);
  const policy: Policy = {
    format: 1,
    identify: readIdentify(data.identify, report, data.anonymous),
    anonymous: choice(data.anonymous, ['allow', 'reject'] as const) ?? 'allow',
    tiers,
    limits,
    exempt: readExempt(data.exempt, report),
    ...(address && { address }),
    ...readHeaders(data.headers, report),
  };
  checkCellIds(limits, report);
  checkItemSizes(limits, report);
  checkWriteRates(limits, containers, data, report);
  if (routes !== undefined) checkApiRoutes(policy, routes, data, report);
  return {
    policy,
    deployment: { plans, apis: readApis(data.apis, policy, report), alarms: readAlarms(data.alarms, report) },
  };
}

function checkCount(limits: unknown, count: number, report: Report): void {
  if (!isMap(limits) || (count > 0 && count <= MOST.limits)) return;
  const message = count === 0 ? '`limits` has no limit' : `${count} limits`;
  const mend = count === 0 ? 'add one, or write a policy with `headgate init`' : 'merge some';
  report.add(
    ['limits'],
    { code: 'HG106', message, allowed: `1 to ${MOST.limits} limits`, mend },
    { at: 'key', value: '' },
  );
}
