import { Annotations, CfnOutput, Lazy } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { AUTHORIZER_ENVIRONMENT } from '../../lambda/authorizer/environment.ts';
import type { CounterTable } from '../counter-table.ts';
import type { RegistryTable } from '../registry-table.ts';
import type { OffenderReport } from '../report/offender-report.ts';
import { type InsightRules, MAX_LOG_GROUPS } from '../signals/insight-rules.ts';
import type { SavedQueries } from '../signals/saved-queries.ts';
import { functionLogGroup } from './function-log-group.ts';

export interface OwnLimitsParts {
  readonly counters: CounterTable;
  /** Blocks, overrides and resets stand in it. */
  readonly registry: RegistryTable;
  /** Variables that every function that asks the gate has. */
  readonly settings: Readonly<Record<string, string>>;
  readonly insightRules: InsightRules;
  readonly queries: SavedQueries;
  readonly report?: OffenderReport | undefined;
}

/**
 * Functions of the app that turn callers away: those with limits of their own (`headgate/rate-limit`), which may count, and
 * authorizers of its own. Whoever asks who is turned away reads their logs too.
 */
export class OwnLimits extends Construct {
  readonly #parts: OwnLimitsParts;
  readonly #granted = new Set<LambdaFunction>();
  readonly #logGroups = new Map<LambdaFunction, string>();

  constructor(scope: Construct, id: string, parts: OwnLimitsParts) {
    super(scope, id);
    this.#parts = parts;
  }

  grant(fn: LambdaFunction): void {
    if (this.#granted.has(fn)) return;
    this.#granted.add(fn);
    const { counters, registry, settings } = this.#parts;
    counters.grantCount(fn);
    registry.grantBlocks(fn);
    for (const name of [AUTHORIZER_ENVIRONMENT.gate, AUTHORIZER_ENVIRONMENT.flushMs]) {
      if (settings[name] !== undefined) fn.addEnvironment(name, settings[name]);
    }
    this.read(fn);
  }

  /** Whom this function turns away is found in its log too. */
  read(fn: LambdaFunction): void {
    if (this.#logGroups.has(fn)) return;
    const { insightRules, queries, report } = this.#parts;
    const logGroup = functionLogGroup(fn, this);
    const known = new Set(this.#logGroups.values());
    // The authorizer's is one of them.
    if (logGroup === undefined || (known.size + 1 === MAX_LOG_GROUPS && !known.has(logGroup.name))) {
      const why =
        logGroup === undefined
          ? 'its name is known at deployment only, in a stack that depends on the stack of the gate: give the function a functionName or a log group with a name'
          : `Contributor Insights reads ${MAX_LOG_GROUPS} logs at most`;
      const text = `Whom this function turns away stands in its log alone, and not in reports or \`headgate top\`: ${why}.`;
      Annotations.of(fn).addWarningV2('headgate:OwnLimitsUnread', text);
      return;
    }
    if (this.#logGroups.size === 0) {
      const value = Lazy.string({ produce: () => this.#names() });
      new CfnOutput(this, 'HeadgateOwnLogGroups', { value });
    }
    this.#logGroups.set(fn, logGroup.name);
    insightRules.alsoRead(logGroup.name);
    // A query's log groups have to be there, as far as is known.
    if (logGroup.isMade) queries.alsoRead(logGroup.name);
    report?.alsoRead(logGroup.name, this.#names());
  }

  /** Functions can share a log group. */
  #names(): string {
    return [...new Set(this.#logGroups.values())].join(',');
  }
}
