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
  /** The rules' names in CloudWatch. */
  readonly names: Readonly<Record<InsightRuleId, string>>;

  constructor(scope: Construct, id: string, { gateName, logGroup }: InsightRulesProps) {
    super(scope, id);
    const ids = Object.keys(INSIGHT_RULES) as InsightRuleId[];
    const rules = ids.map((end) => {
      const ruleName = insightRuleName(gateName, end);
      const ruleBody = Stack.of(this).toJsonString(bodyOf(INSIGHT_RULES[end], logGroup.logGroupName));
      new CfnInsightRule(this, end, { ruleName, ruleState: 'ENABLED', ruleBody });
      return [end, ruleName] as const;
    });
    this.names = Object.fromEntries(rules) as Record<InsightRuleId, string>;
  }
}

function bodyOf({ keys, client }: InsightRule, logGroup: string): object {
  return {
    Schema: { Name: 'CloudWatchLogRule', Version: 1 },
    LogGroupNames: [logGroup],
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
