import { Annotations, CfnOutput, Token } from 'aws-cdk-lib';
import type { IAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi, IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AttachedApi } from '../lambda/policy/attached-api.ts';
import { unmatchedRoutes } from '../lambda/policy/match.ts';
import { GateAlarms } from './alarms/gate-alarms.ts';
import { limitedRateRule } from './alarms/limited-rate-props.ts';
import { type AttachOptions, attachedApiOf } from './attach/attach-options.ts';
import { Attachments } from './attach/attachments.ts';
import { AuthorizerFunction } from './authorizer-function.ts';
import { CoarseLayer } from './coarse/coarse-layer.ts';
import { GATE_NAME_OUTPUT } from './command-target.ts';
import { CounterTable } from './counter-table.ts';
import { DeployError } from './deploy-error.ts';
import { GateDoctor } from './doctor/gate-doctor.ts';
import { gateMetric, METRICS } from './gate-metrics.ts';
import { gateNameOf } from './gate-name.ts';
import type { HeadgateProps, ProtectOptions } from './headgate-props.ts';
import { cachedAuthorizers } from './own-authorizer/cached-answers.ts';
import { grantLimitTo } from './own-authorizer/limit-access.ts';
import { OwnLimits } from './own-limits/own-limits.ts';
import { kindOfApi } from './protection/owned-api.ts';
import { Protections } from './protection/protections.ts';
import type { RestProtectionOptions } from './protection/rest-protection.ts';
import { SingleApiAuthorizer } from './protection/single-api-authorizer.ts';
import type { RateLimitPolicy } from './rate-limit-policy.ts';
import { RegistryTable } from './registry-table.ts';
import { OffenderReport } from './report/offender-report.ts';
import { AccessLogs } from './signals/access-logs.ts';
import { GateDashboard } from './signals/gate-dashboard.ts';
import { InsightRules } from './signals/insight-rules.ts';
import { SavedQueries } from './signals/saved-queries.ts';

/**
 * Rate limits for the REST and HTTP APIs of an app: a Lambda authorizer that decides by a policy, the tables that it
 * counts in and looks clients up in, and an alarm on the share of requests that it turns away.
 *
 *     const gate = new Headgate(this, 'Headgate', { policy: RateLimitPolicy.fromFile('headgate.yaml') });
 *     gate.protect(api);
 *
 * The APIs of other stacks that the policy names under `apis` are attached without a call.
 */
export class Headgate extends Construct {
  readonly counters: CounterTable;
  readonly registry: RegistryTable;
  readonly authorizer: AuthorizerFunction;
  /** Who and what is limited most, minute by minute. */
  readonly insightRules: InsightRules;
  /** Absent under `alarms: false` or `alarm: false`. */
  readonly alarms?: GateAlarms;
  /** Absent under `report: false`. */
  readonly report?: OffenderReport;
  /** Absent under `doctor: false`. */
  readonly doctor?: GateDoctor;
  /** Absent under `accessLogs: false`. */
  readonly accessLogs?: AccessLogs;
  /** Absent under `dashboard: false`. */
  readonly dashboard?: GateDashboard;
  /** The value of the metrics' `Gate` dimension. */
  readonly gateName: string;
  readonly policy: RateLimitPolicy;
  readonly #protections: Protections;
  readonly #coarse: CoarseLayer;
  readonly #attachments: Attachments;
  readonly #ownLimits: OwnLimits;
  #restAuthorizer?: SingleApiAuthorizer;
  /** Functions that are not the gate's and ask it: which routes they are for is not known here. */
  readonly #askedBy: LambdaFunction[] = [];

  /** @throws DeployError (HG220) without the built handlers, (HG227) for a property out of its bounds */
  constructor(scope: Construct, id: string, props: HeadgateProps) {
    super(scope, id);
    this.policy = props.policy;
    this.gateName = gateNameOf(this, props.gateName);
    this.counters = new CounterTable(this, 'Counters');
    this.registry = new RegistryTable(this, 'Registry', { removalPolicy: props.removalPolicy });
    this.authorizer = new AuthorizerFunction(this, 'Authorizer', {
      policy: props.policy.compiled,
      gateName: this.gateName,
      counters: this.counters,
      registry: this.registry,
      reservedConcurrency: checkedConcurrency(props.reservedConcurrency),
      logRetention: props.logRetention,
      storeDeadline: props.storeDeadline,
      firstStoreDeadline: props.firstStoreDeadline,
      metricsInterval: props.metricsInterval,
      handlers: props.handlers,
    });
    if (props.accessLogs !== false) {
      const { logRetention: retention } = props;
      const options = { ...(retention !== undefined && { retention }), ...props.accessLogs };
      this.accessLogs = new AccessLogs(this, 'AccessLogs', this.gateName, options);
    }
    const { logGroup } = this.authorizer;
    this.insightRules = new InsightRules(this, 'InsightRules', { gateName: this.gateName, logGroup });
    const alarms = this.#alarms(props);
    if (alarms) this.alarms = alarms;
    const queries = new SavedQueries(this, 'Queries', { gateName: this.gateName, logGroup });
    if (props.report !== false) {
      const parts = {
        gateName: this.gateName,
        logGroup,
        limits: props.policy.compiled.limits.map(({ name }) => name),
        key: alarms?.key,
        logRetention: props.logRetention,
        handlers: props.handlers,
      };
      this.report = new OffenderReport(this, 'Report', parts, props.report);
    }
    this.#ownLimits = new OwnLimits(this, 'OwnLimits', {
      counters: this.counters,
      registry: this.registry,
      settings: this.authorizer.settings,
      insightRules: this.insightRules,
      queries,
      report: this.report,
    });
    this.#coarse = new CoarseLayer(this.gateName, this.authorizer, props, (plans) => {
      for (const tier of Object.keys(plans.byTier)) {
        this.doctor?.examine(plans, `Examined-${tier}`, () => ({ plan: plans.examined(tier) }));
      }
    });
    this.#protections = new Protections(this.authorizer, (api) => {
      const { kind, apiId } = api.examined();
      this.doctor?.examine(api, 'Examined', () => ({ api: api.examined() }), { kind, apiId });
    });
    this.#attachments = new Attachments(this, {
      gateName: this.gateName,
      headers: props.policy.compiled.headers,
      accessLog: this.accessLogs?.attachedLogGroupArn,
      authorizer: this.authorizer,
      registry: this.registry,
      logRetention: props.logRetention,
      handlers: props.handlers,
      missingRoutes: () => this.#missingRoutes(),
    });
    if (props.doctor !== false) {
      const parts = {
        gateName: this.gateName,
        authorizer: this.authorizer,
        counters: this.counters,
        registry: this.registry,
        alarms: this.alarms,
        logRetention: props.logRetention,
        handlers: props.handlers,
      };
      this.doctor = new GateDoctor(this, 'Doctor', parts, props.doctor);
    }
    // What is examined is told to the doctor.
    for (const api of props.policy.deployment.apis) this.#attach(api);
    if (props.dashboard !== false) {
      const { gateName, authorizer, accessLogs } = this;
      this.dashboard = new GateDashboard(this, 'Dashboard', { gateName, authorizer, accessLogs, gate: this });
    }
    this.node.addValidation({ validate: () => this.#routeErrors() });
    new CfnOutput(this, 'HeadgateAuthorizerArn', { value: this.authorizer.fn.functionArn });
    new CfnOutput(this, 'HeadgateAuthorizerLogGroup', { value: this.authorizer.logGroup.logGroupName });
    new CfnOutput(this, GATE_NAME_OUTPUT, { value: this.gateName });
    new CfnOutput(this, 'HeadgateRegistryTable', { value: this.registry.table.tableName });
    new CfnOutput(this, 'HeadgateCountersTable', { value: this.counters.table.tableName });
  }

  /**
   * Puts this gate before every method or route of an API that has no authorizer, those that are added later too.
   * `OPTIONS` is left open for browsers' preflights; what has an authorizer keeps it and is named in a warning.
   *
   * @throws DeployError (HG222) for an API that is not of this app, (HG223) for one that has another gate,
   *   (HG228) for `deny: 'middleware'` across stacks. Others who deny on a REST API (HG224) and a limit's route that
   *   exists on no protected API (HG122) stop the synthesis.
   */
  protect(api: RestApi | HttpApi, options: ProtectOptions = {}): void {
    if (kindOfApi(api) === 'http') {
      this.#protections.http(api as HttpApi).protectEveryRoute(options);
    } else {
      const protection = this.#protections.rest(api as RestApi, options);
      protection.protectEveryMethod(options);
      this.#coarse.add(protection);
    }
    this.accessLogs?.writeFor(api);
  }

  /**
   * Puts this gate before an API that another stack, Terraform or a hand has made. It is done at deployment, by a custom
   * resource, and undone when this call or the stack goes.
   *
   * @throws DeployError (HG251) for what is no API or stage, (HG252) for an API that is attached already. What would do
   *   harm (HG240) and a limit's route that exists on no API (HG250) stop the deployment before anything is changed.
   */
  attach(options: AttachOptions): void {
    this.#attach(attachedApiOf(options));
  }

  #attach(api: AttachedApi): void {
    const attachment = this.#attachments.add(api);
    const { kind, apiId } = api;
    const examined = { ...attachment.target, attached: true };
    this.doctor?.examine(attachment, 'Examined', () => ({ api: examined }), { kind, apiId });
    this.#coarse.addAttached(this, api);
  }

  /**
   * The authorizer for single methods of one REST API. With several REST APIs: `restAuthorizerFor`.
   *
   * It makes the API answer 429 where it denies, as `protect` does.
   */
  get restAuthorizer(): IAuthorizer {
    this.#restAuthorizer ??= new SingleApiAuthorizer(this, 'RestAuthorizer', (api) => this.restAuthorizerFor(api));
    return this.#restAuthorizer;
  }

  /** The authorizer for single methods of this REST API; one per API, however often it is asked for. */
  restAuthorizerFor(api: RestApi, options: RestProtectionOptions = {}): IAuthorizer {
    kindOfApi(api);
    return this.#protections.rest(api, options).authorizer;
  }

  /** The authorizer for single routes of HTTP APIs; one per API is made, however many routes use it. */
  get httpAuthorizer(): IHttpRouteAuthorizer {
    return {
      bind: ({ route }) => {
        const api = route.httpApi as HttpApi;
        kindOfApi(api);
        const { authorizerId } = this.#protections.http(api).authorizer;
        return { authorizerId, authorizationType: 'CUSTOM' };
      },
    };
  }

  /**
   * Sets a function of yours up for `withRateLimit` and `limit` of `headgate/authorizer`: the limits of this gate around an
   * authorizer that is not Headgate's. It may count and look up blocks, and gets the policy in a layer.
   */
  grantLimit(fn: LambdaFunction): void {
    this.#askedBy.push(fn);
    this.#ownLimits.read(fn);
    const { counters, registry } = this;
    grantLimitTo(fn, { policy: this.policy.compiled, counters, registry, environment: this.authorizer.settings });
  }

  /**
   * Sets a function of yours up for `rateLimit` of `headgate/rate-limit`: limits of its own, in this gate's table and under its
   * name. It may count and read blocks and overrides; whom it turns away stands in its log, which reports and `headgate top`
   * read beside the authorizer's.
   */
  grantRateLimit(fn: LambdaFunction): void {
    this.#ownLimits.grant(fn);
  }

  /** The alarm on the share of limited requests and the topic for pages; absent where either is. */
  get alarm(): { readonly alarm: Alarm; readonly topic: ITopic } | undefined {
    const alarm = this.alarms?.alarmOf('limited-rate');
    return alarm && { alarm, topic: this.alarms!.topic };
  }

  /** Requests that were let through. @default - sum over 1 minute */
  metricAllowed(options?: MetricOptions): Metric {
    return gateMetric(METRICS.allowed, this.gateName, options);
  }

  /** Requests that were over a limit. @default - sum over 1 minute */
  metricLimited(options?: MetricOptions): Metric {
    return gateMetric(METRICS.limited, this.gateName, options);
  }

  #alarms({ alarm, alarms }: HeadgateProps): GateAlarms | undefined {
    if (alarm === false || alarms === false) return undefined;
    const { gateName, authorizer, insightRules } = this;
    const rules = {
      ...alarms?.rules,
      ...(alarm && { 'limited-rate': { ...alarms?.rules?.['limited-rate'], ...limitedRateRule(alarm) } }),
    };
    const topics = alarm?.topic && { pageTopic: alarm.topic, ticketTopic: alarm.topic };
    const parts = {
      gateName,
      authorizer,
      policy: this.policy.deployment.alarms,
      insightRules,
      gatewayThrottled: this.accessLogs?.metric('GatewayThrottled'),
    };
    return new GateAlarms(this, 'Alarm', parts, { ...topics, ...alarms, rules });
  }

  #routeErrors(): string[] {
    for (const authorizer of this.#askedBy.flatMap(cachedAuthorizers)) {
      const text = `API Gateway keeps the answers of "${authorizer}": one is counted once and used many times. Set its resultsCacheTtl to 0.`;
      Annotations.of(this).addWarningV2('headgate:CachedAuthorizer', text);
    }
    const apis = this.#protections.all();
    const routes = apis.flatMap((api) => api.routes());
    if (apis.length === 0 && (this.#attachments.size > 0 || this.#askedBy.length > 0)) return [];
    if (apis.length === 0) {
      const text =
        'Nothing is limited: call protect(api) or attach({ ... }), or give gate.restAuthorizer or gate.httpAuthorizer to a route.';
      Annotations.of(this).addWarningV2('headgate:NothingProtected', text);
      return [];
    }
    const known = routes.filter((route) => route !== undefined);
    if (known.length === routes.length) {
      // What is on none of them may be on an attached API, whose routes are known at deployment only.
      return this.#attachments.size > 0 ? [] : this.policy.problemsOn(known);
    }
    const text =
      "Some routes of the APIs are known at deployment only: the routes of the policy's limits are not checked.";
    Annotations.of(this).addWarningV2('headgate:RoutesNotChecked', text);
    return [];
  }

  /** Routes of limits that no protected API has; none where that cannot be told. */
  #missingRoutes(): { readonly limit: string; readonly route: string }[] {
    const routes = this.#protections.all().flatMap((api) => api.routes());
    const known = routes.filter((route) => route !== undefined);
    if (known.length < routes.length) return [];
    return unmatchedRoutes(this.policy.compiled, known).map(({ limit, route }) => ({ limit, route }));
  }
}

function checkedConcurrency(count: number | undefined): number | undefined {
  if (count === undefined || Token.isUnresolved(count) || (Number.isInteger(count) && count >= 1)) return count;
  throw new DeployError('badProperty', `reservedConcurrency is ${count}; allowed: a whole number from 1.`);
}
