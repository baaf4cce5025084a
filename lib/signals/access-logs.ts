import { Annotations, Aspects, CfnOutput, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnStage as CfnRestStage, RestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { CfnStage as CfnHttpStage, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, LogGroup, MetricFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accessLogFormat } from '../../lambda/http/access-log-format.ts';
import { METRICS } from '../gate-metrics.ts';
import { kindOfApi } from '../protection/owned-api.ts';
import { sameToken } from '../protection/same-token.ts';
import { assemblyRoot } from '../protection/tree.ts';
import { ACCESS_LOG_METRICS, type AccessLogMetric } from './access-log-metrics.ts';
import { ApiGatewayLogRole, accountSettings } from './api-gateway-log-role.ts';

export interface AccessLogsProps {
  /** How long the lines are kept. @default - as long as the authorizer's log */
  readonly retention?: RetentionDays;
  /**
   * Make the role that an account needs once for the logs of all its REST APIs, where nothing in the API's stack does.
   * `false`: the account has one.
   *
   * @default true
   */
  readonly accountRole?: boolean;
  /**
   * Write the log for stages of attached APIs as well, where they have none. `false`: such stages stay as they are.
   *
   * @default true
   */
  readonly attached?: boolean;
}

/**
 * The access log of the APIs behind a gate, as JSON, and the metrics that are counted from it: which 429 is the gate's,
 * which is API Gateway's, the firewall's, the backend's. A stage that has an access log keeps it.
 */
export class AccessLogs extends Construct {
  readonly logGroup: LogGroup;
  /** ARN of the log group that stages of attached APIs write; absent under `attached: false`. */
  readonly attachedLogGroupArn?: string;
  readonly #gateName: string;
  readonly #accountRole: boolean;
  readonly #apis = new Set<RestApi | HttpApi>();

  constructor(scope: Construct, id: string, gateName: string, props: AccessLogsProps = {}) {
    super(scope, id);
    this.#gateName = gateName;
    this.#accountRole = props.accountRole ?? true;
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.retention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const [metricName, { pattern }] of Object.entries(ACCESS_LOG_METRICS)) {
      new MetricFilter(this, metricName, {
        logGroup: this.logGroup,
        filterPattern: FilterPattern.literal(pattern),
        metricNamespace: METRICS.namespace,
        metricName,
        metricValue: '1',
        unit: Unit.COUNT,
        dimensions: { [METRICS.dimension]: '$.gate' },
      });
    }
    new CfnOutput(this, 'HeadgateAccessLogGroup', { value: this.logGroup.logGroupName });
    if (props.attached !== false) this.attachedLogGroupArn = this.logGroup.logGroupArn;
    else new CfnOutput(this, 'HeadgateAttachedAccessLogs', { value: 'none' });
  }

  /** One of the metrics that are counted from the log. @default - sum over 1 minute */
  metric(metricName: AccessLogMetric, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRICS.namespace,
      metricName,
      dimensionsMap: { [METRICS.dimension]: this.#gateName },
      statistic: 'Sum',
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** The format of the lines, for a stage whose access log is set elsewhere. */
  format(kind: 'rest' | 'http'): string {
    return accessLogFormat(kind, this.#gateName);
  }

  /** From now on every stage of this API that has no access log writes this one, those that are added later too. */
  writeFor(api: RestApi | HttpApi): void {
    if (this.#apis.has(api)) return;
    this.#apis.add(api);
    const kind = kindOfApi(api);
    if (kind === 'rest' && this.#accountRole && wantsLog(api as RestApi)) ApiGatewayLogRole.ensureIn(Stack.of(api));
    const visit = kind === 'rest' ? this.#restStage(api as RestApi) : this.#httpStage(api as HttpApi);
    Aspects.of(assemblyRoot(api)).add({ visit });
  }

  #restStage(api: RestApi): (node: unknown) => void {
    return (node) => {
      if (!isOf(node, 'AWS::ApiGateway::Stage')) return;
      const stage = node as CfnRestStage;
      if (!sameToken(api, stage.restApiId, api.restApiId)) return;
      if (stage.accessLogSetting !== undefined) return this.#keeps(stage, 'rest', stage.accessLogSetting);
      stage.accessLogSetting = { destinationArn: this.logGroup.logGroupArn, format: this.format('rest') };
      stage.node.addDependency(...accountSettings(stage));
    };
  }

  #httpStage(api: HttpApi): (node: unknown) => void {
    return (node) => {
      if (!isOf(node, 'AWS::ApiGatewayV2::Stage')) return;
      const stage = node as CfnHttpStage;
      if (!sameToken(api, stage.apiId, api.apiId)) return;
      if (stage.accessLogSettings !== undefined) return this.#keeps(stage, 'http', stage.accessLogSettings);
      stage.accessLogSettings = { destinationArn: this.logGroup.logGroupArn, format: this.format('http') };
    };
  }

  #keeps(stage: CfnResource, kind: 'rest' | 'http', setting: object): void {
    const { destinationArn } = setting as { destinationArn?: string };
    if (sameToken(stage, destinationArn, this.logGroup.logGroupArn)) return;
    const text = `The stage keeps its own access log, so its requests are not in ${Object.keys(ACCESS_LOG_METRICS).join(', ')}. For them to be, send it to gate.accessLogs.logGroup in the format gate.accessLogs.format('${kind}').`;
    Annotations.of(stage).addInfoV2('headgate:OwnAccessLog', text);
  }
}

function isOf(node: unknown, type: string): boolean {
  return CfnResource.isCfnResource(node) && node.cfnResourceType === type;
}

function wantsLog(api: RestApi): boolean {
  const stage: Stage | undefined = api.deploymentStage;
  return (stage?.node.defaultChild as CfnRestStage | undefined)?.accessLogSetting === undefined;
}
