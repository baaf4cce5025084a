import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { GateAlarmsProps } from './alarms/gate-alarms.ts';
import type { LimitedRateAlarmProps } from './alarms/limited-rate-props.ts';
import type { Throttle } from './coarse/coarse-budget.ts';
import type { GateDoctorProps } from './doctor/gate-doctor.ts';
import type { HttpProtectionOptions } from './protection/http-protection.ts';
import type { RestProtectionOptions } from './protection/rest-protection.ts';
import type { RateLimitPolicy } from './rate-limit-policy.ts';
import type { OffenderReportProps } from './report/offender-report.ts';
import type { AccessLogsProps } from './signals/access-logs.ts';

export interface HeadgateProps {
  /** Who may do what how often: `RateLimitPolicy.fromFile('headgate.yaml')`. */
  readonly policy: RateLimitPolicy;
  /**
   * The value of the metrics' `Gate` dimension and the beginning of the usage plans' names. 1 to 64 letters, digits, `-`,
   * `_` or `.`; unique among the gates of an account and region.
   *
   * @default - the stack's name and the construct's path in it: `MyStack.Headgate`
   */
  readonly gateName?: string;
  /**
   * The most authorizers that run at once. It bounds what an attack can cost, and takes that many from the account's
   * concurrency; over it API Gateway answers 500. A whole number from 1.
   *
   * @default - no reserved concurrency
   */
  readonly reservedConcurrency?: number;
  /**
   * How long a decision may wait for the counters; then each of its limits answers by its `onStoreFailure`. 10 ms to 4 s.
   *
   * @default Duration.millis(150)
   */
  readonly storeDeadline?: Duration;
  /**
   * The same for the first decision of each container, which may have to open the connection. 10 ms to 4 s.
   *
   * @default Duration.seconds(1)
   */
  readonly firstStoreDeadline?: Duration;
  /**
   * How long a container gathers its metrics before it writes them: what a container loses when it ends, and what alarms come
   * later by. Shorter costs more log. 1 ms to 60 s.
   *
   * @default Duration.seconds(10)
   */
  readonly metricsInterval?: Duration;
  /** What becomes of the registry, the record of clients and blocks, when the stack goes. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
  /** How long the authorizer's log is kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** The numbers of the alarm on the share of limited requests; `false`: no alarms at all. @default - 10 % of at least 100 requests a minute, in 3 of 5 minutes */
  readonly alarm?: LimitedRateAlarmProps | false;
  /**
   * Where alarms are heard, and what differs for single ones; before what the policy says. `false`: no alarms at all.
   *
   * @default - what the policy says under `alarms`, else the defaults and two topics without subscribers
   */
  readonly alarms?: GateAlarmsProps | false;
  /**
   * The report that follows an alarm within a minute: who, what kind of trouble, what to do. `false`: none.
   *
   * @default - to a topic of its own
   */
  readonly report?: OffenderReportProps | false;
  /**
   * Examines on a schedule, and when `headgate doctor` asks, whether everything is as deployed; `false`: nobody does.
   *
   * @default - every hour, with an alarm to the topic of `alarm`
   */
  readonly doctor?: GateDoctorProps | false;
  /**
   * The access log of protected APIs and what is counted from it: which 429 is the gate's, API Gateway's, the firewall's, the
   * backend's. `false`: none.
   *
   * @default - one log for all stages that have none, kept as long as `logRetention` says
   */
  readonly accessLogs?: AccessLogsProps | false;
  /** The CloudWatch dashboard to open when paged; `false`: none. @default true */
  readonly dashboard?: boolean;
  /**
   * The throttles of the usage plans, by tier; `false`: no usage plans.
   *
   * @default - for each tier what its fastest `per: client` limit on every route allows
   */
  readonly usagePlans?: Readonly<Record<string, Throttle>> | false;
  /**
   * The throttle on the stage of each protected REST API, all callers together; `false`: left as it is.
   *
   * @default - what the policy's `per: all` limit on every route allows, else 1,000 a second with a burst of 2,000; a
   * stage that has a throttle keeps it
   */
  readonly stageThrottle?: Throttle | false;
  /** Where the bundled handlers are, `<name>/index.mjs` each; for tests. @default - those of the package */
  readonly handlers?: string;
}

/** Options of `protect`: `sharedDeny` and `cors` are for a REST API, `deny` is for an HTTP API. */
export interface ProtectOptions extends RestProtectionOptions, HttpProtectionOptions {}
