import { Stack } from 'aws-cdk-lib';
import { CfnInsightRule } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  INSIGHT_RULES,
  type InsightRule,
  type InsightRuleId,
  insightRuleName,
} from '../../lambda/report/insight-rules.ts';

/** The logs that a rule of Contributor Insights can read. */
export const MAX_LOG_GROUPS = 20;

export interface InsightRulesProps {
  readonly gateName: string;
  /** The authorizer's. */
  readonly logGroup: ILogGroup;
}

/**
 * Contributor Insights over the rejection log: who and what is limited most, minute by minute. A line that stands for
 * several rejections counts as so many. Each rule costs by the month and by matched line: docs/guide/on-call.md.
 */
export class InsightRules extends Construct {
  readonly #rules: { readonly id: InsightRuleId; readonly resource: CfnInsightRule }[] = [];
  readonly #logGroups: string[];
  /** The rules' names in CloudWatch. */
  readonly names: Readonly<Record<InsightRuleId, string>>;

  constructor(scope: Construct, id: string, { gateName, logGroup }: InsightRulesProps) {
    super(scope, id);
    this.#logGroups = [logGroup.logGroupName];
    const ids = Object.keys(INSIGHT_RULES) as InsightRuleId[];
    const rules = ids.map((end) => {
      const ruleName = insightRuleName(gateName, end);
      const resource = new CfnInsightRule(this, end, { ruleName, ruleState: 'ENABLED', ruleBody: this.#bodyOf(end) });
      this.#rules.push({ id: end, resource });
      return [end, ruleName] as const;
    });
    this.names = Object.fromEntries(rules) as Record<InsightRuleId, string>;
  }

  /** Counts by the lines of another log too. It need not be there yet. */
  alsoRead(logGroupName: string): void {
    if (this.#logGroups.includes(logGroupName)) return;
    this.#logGroups.push(logGroupName);
    for (const { id, resource } of this.#rules) resource.ruleBody = this.#bodyOf(id);
  }

  #bodyOf(id: InsightRuleId): string {
    return Stack.of(this).toJsonString(bodyOf(INSIGHT_RULES[id], this.#logGroups));
  }
}

function bodyOf({ keys, client }: InsightRule, logGroups: readonly string[]): object {
  return {
    Schema: { Name: 'CloudWatchLogRule', Version: 1 },
    LogGroupNames: logGroups,
    LogFormat: 'JSON',
    Contribution: {
      Keys: keys.map((key) => `$.${key}`),
      ValueOf: '$.represents',
      Filters: [
        { Match: '$.event', In: ['limited'] },
        ...(client === undefined ? [] : [{ Match: '$.clientId', IsPresent: client }]),
      ],
    },
    AggregateOn: 'Sum',
  };
}
