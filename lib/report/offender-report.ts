import { ArnFormat, CfnOutput, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type HttpsForm, REPORT_ENVIRONMENT } from '../../lambda/report/environment.ts';
import { INSIGHT_RULES, type InsightRuleId, insightRuleName } from '../../lambda/report/insight-rules.ts';
import { commandTarget } from '../command-target.ts';
import { handlersFolder, withHandlerAsset } from '../handler-asset.ts';
import { NODE_24 } from '../node-24.ts';
import { dashboardName } from '../signals/dashboard-name.ts';
import { ReportTopic } from './report-topic.ts';

export interface OffenderReportProps {
  /**
   * Where reports go. Under a customer key, name it in `key`, so that the function may use it.
   *
   * @default - a new topic
   */
  readonly topic?: ITopic;
  /** The key of the topic. @default - that of the gate's alarm topic, or a new one */
  readonly key?: IKey;
  /**
   * What subscribers over HTTPS get: the report as JSON, or the one form that Amazon Q Developer in chat applications (Slack,
   * Teams) shows. Email always gets text; SQS and Lambda always get JSON.
   *
   * @default 'json'
   */
  readonly https?: HttpsForm;
}

export interface OffenderReportParts {
  readonly gateName: string;
  /** The authorizer's: in it stand the rejections. */
  readonly logGroup: ILogGroup;
  /** Names of the gate's limits. */
  readonly limits: readonly string[];
  /** Of the alarms' topics. */
  readonly key?: IKey | undefined;
  readonly logRetention?: RetentionDays | undefined;
  readonly handlers?: string | undefined;
}

/** Lambda takes 4 KB of environment together. */
const MOST_CHARACTERS = 2000;

/**
 * After a page, the explanation: when an alarm of the gate goes off, a function looks up who was turned away and publishes
 * who it is, what kind of trouble, and the commands to run. The page itself never waits for it.
 */
export class OffenderReport extends Construct {
  readonly fn: LambdaFunction;
  readonly topic: ITopic;
  /** Present where no topic was given. */
  readonly ownTopic?: ReportTopic;
  readonly #limits: string;

  /** @throws DeployError HG220 without the built handler */
  constructor(scope: Construct, id: string, parts: OffenderReportParts, props: OffenderReportProps = {}) {
    super(scope, id);
    this.#limits = parts.limits.join(',');
    if (!props.topic) this.ownTopic = new ReportTopic(this, 'Reports', props.key ?? parts.key);
    this.topic = props.topic ?? this.ownTopic!.topic;
    this.fn = this.#function(parts, props.https ?? 'json', props.topic ? props.key : this.ownTopic!.key);
    new Rule(this, 'GoneOff', {
      description: 'Headgate: an alarm of the gate has gone off',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ prefix: `${parts.gateName}-` }], state: { value: ['ALARM'] } },
      },
      targets: [new InvokeFunction(this.fn, { retryAttempts: 2, maxEventAge: Duration.minutes(15) })],
    });
    new CfnOutput(this, 'HeadgateReportTopic', { value: this.topic.topicArn });
  }

  /** Lets it read the log of a function with limits of its own. @param all names of all such logs, with commas between */
  alsoRead(logGroupName: string, all: string): void {
    const arns = [logGroupArn(this, logGroupName), logGroupArn(this, `${logGroupName}:*`)];
    this.fn.addToRolePolicy(allow(['logs:FilterLogEvents'], ...arns));
    this.fn.addEnvironment(REPORT_ENVIRONMENT.ownLogGroups, all);
    if (this.#limits.length <= MOST_CHARACTERS) this.fn.addEnvironment(REPORT_ENVIRONMENT.limits, this.#limits);
  }

  #function(parts: OffenderReportParts, https: HttpsForm, key: IKey | undefined): LambdaFunction {
    const { gateName, logGroup, logRetention, handlers } = parts;
    const ownLog = new LogGroup(this, 'Logs', {
      retention: logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const group = logGroupArn(this, logGroup.logGroupName);
    const rules = (Object.keys(INSIGHT_RULES) as InsightRuleId[]).map((id) =>
      Stack.of(this).formatArn({
        service: 'cloudwatch',
        resource: 'insight-rule',
        resourceName: insightRuleName(gateName, id),
      }),
    );
    const role = new Role(this, 'Role', {
      description: 'Headgate report: reads who was turned away, publishes it, writes its own log',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Report: new PolicyDocument({
          statements: [
            allow(['logs:CreateLogStream', 'logs:PutLogEvents'], ownLog.logGroupArn),
            allow(['logs:FilterLogEvents'], logGroup.logGroupArn, group),
            allow(['cloudwatch:GetInsightRuleReport'], ...rules),
            allow(['sns:Publish'], this.topic.topicArn),
            ...(key ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], key.keyArn)] : []),
          ],
        }),
      },
    });
    return withHandlerAsset(
      this,
      { folder: handlers ?? handlersFolder(), name: 'report' },
      (code) =>
        new LambdaFunction(this, 'Function', {
          description: 'Headgate report: who is behind an alarm, and what to do',
          code,
          handler: 'index.handler',
          runtime: NODE_24,
          architecture: Architecture.ARM_64,
          memorySize: 256,
          // Three reads of the log at most, of 12 s each, and a wait for late lines.
          timeout: Duration.seconds(60),
          role,
          logGroup: ownLog,
          environment: {
            [REPORT_ENVIRONMENT.gate]: gateName,
            [REPORT_ENVIRONMENT.logGroup]: logGroup.logGroupName,
            [REPORT_ENVIRONMENT.stack]: Lazy.string({ produce: () => commandTarget(this, gateName) }),
            [REPORT_ENVIRONMENT.topic]: this.topic.topicArn,
            [REPORT_ENVIRONMENT.https]: https,
            [REPORT_ENVIRONMENT.dashboard]: dashboardName(gateName),
          },
        }),
    );
  }
}

/**
 * AWS looks the permission to read a log group up under its ARN with `:*`; its documentation of the action has it without.
 */
function logGroupArn(scope: Construct, resourceName: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'logs', resource: 'log-group', resourceName, arnFormat });
}

function allow(actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
