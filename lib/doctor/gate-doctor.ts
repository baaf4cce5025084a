import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import { type Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  type ApiWithoutStage,
  DOCTOR_ENVIRONMENT,
  DOCTOR_METRIC,
  type DoctorSubject,
} from '../../lambda/doctor/subjects.ts';
import { alarmName } from '../../lambda/policy/alarm-catalogue.ts';
import { resolveRule } from '../../lambda/policy/alarms.ts';
import { alarmText } from '../alarms/alarm-text.ts';
import type { AlarmSettings, GateAlarms } from '../alarms/gate-alarms.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import type { CounterTable } from '../counter-table.ts';
import { DeployError } from '../deploy-error.ts';
import { METRICS } from '../gate-metrics.ts';
import { handlersFolder, withHandlerAsset } from '../handler-asset.ts';
import { NODE_24 } from '../node-24.ts';
import type { RegistryTable } from '../registry-table.ts';
import { doctorStatements } from './doctor-statements.ts';
import { ExaminedThing } from './examined-thing.ts';

export interface GateDoctorProps {
  /** How often everything is examined. 5 minutes to 24 hours. @default Duration.hours(1) */
  readonly every?: Duration;
  /** Where the message goes when something is not as deployed. @default - the topic for the severity of the alarm `doctor` */
  readonly topic?: ITopic;
}

export interface GateDoctorParts {
  readonly gateName: string;
  readonly authorizer: AuthorizerFunction;
  readonly counters: CounterTable;
  readonly registry: RegistryTable;
  /** Absent where the gate has no alarms: the doctor's then tells nobody, unless it has a topic. */
  readonly alarms?: GateAlarms | undefined;
  readonly logRetention?: RetentionDays | undefined;
  readonly handlers?: string | undefined;
}

/**
 * Examines whether everything is as it was deployed: authorizers on every route, answers, permissions, usage plans, tables,
 * and what the limiter takes for granted of DynamoDB. On a schedule with an alarm, and whenever `headgate doctor` asks.
 */
export class GateDoctor extends Construct {
  readonly fn: LambdaFunction;
  /** Absent where its severity is `none`. */
  readonly alarm?: Alarm;
  /** What other stacks let it look at. */
  readonly permissions: Policy[] = [];
  readonly #gateName: string;
  readonly #role: Role;
  /** Those of its own stack. */
  readonly #apis: ApiWithoutStage[] = [];

  /** @throws DeployError HG220 without the built handler, HG227 for `every` out of its bounds */
  constructor(scope: Construct, id: string, parts: GateDoctorParts, props: GateDoctorProps = {}) {
    super(scope, id);
    const every = checked(props.every ?? Duration.hours(1));
    this.#gateName = parts.gateName;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: parts.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = this.#roleFor(logGroup, parts);
    this.fn = this.#function(logGroup, parts);
    new Rule(this, 'Schedule', {
      description: 'Headgate: is everything as deployed?',
      schedule: Schedule.rate(every),
      targets: [new InvokeFunction(this.fn, { retryAttempts: 1 })],
    });
    const { alarms } = parts;
    const settings = alarms ? alarms.doctorSettings : alone(parts.gateName);
    if (settings) {
      this.alarm = this.#alarm(settings, parts.gateName, every);
      if (alarms) alarms.addDoctor(this.alarm, props.topic);
      else if (props.topic) this.alarm.addAlarmAction(new SnsAction(props.topic));
    }
    new CfnOutput(this, 'HeadgateDoctorFunction', { value: this.fn.functionName });
  }

  /**
   * From now on it examines this too. It is written down in the stack of `scope`.
   *
   * @param subject read when the template is written
   * @param api the API that it must be able to read for it
   */
  examine(scope: Construct, id: string, subject: () => DoctorSubject, api?: ApiWithoutStage): void {
    const elsewhere = api !== undefined && Stack.of(scope) !== Stack.of(this);
    if (api && !elsewhere) this.#apis.push(api);
    const foreign = elsewhere ? { role: this.#role, api } : undefined;
    const { permission } = new ExaminedThing(scope, id, { gateName: this.#gateName, subject, foreign });
    if (permission) this.permissions.push(permission);
  }

  #alarm({ name, description, threshold }: AlarmSettings, gateName: string, every: Duration): Alarm {
    return new Alarm(this, 'NotAsDeployed', {
      alarmName: name,
      alarmDescription: description,
      metric: new Metric({
        namespace: METRICS.namespace,
        metricName: DOCTOR_METRIC,
        dimensionsMap: { [METRICS.dimension]: gateName },
        statistic: 'Maximum',
        period: every,
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold,
      evaluationPeriods: 1,
      // Between two examinations nothing is known that was not known before.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  #roleFor(logGroup: LogGroup, { gateName, authorizer, counters, registry }: GateDoctorParts): Role {
    const log = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    const role = new Role(this, 'Role', {
      description: 'Headgate doctor: looks at what was deployed, and tries the counters on scratch items',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Log: new PolicyDocument({ statements: [log] }) },
    });
    const examined = { gateName, authorizer, counters, registry, apis: () => this.#apis };
    for (const statement of doctorStatements(this, examined)) role.addToPrincipalPolicy(statement);
    return role;
  }

  #function(logGroup: LogGroup, { gateName, authorizer, counters, registry, handlers }: GateDoctorParts) {
    return withHandlerAsset(
      this,
      { folder: handlers ?? handlersFolder(), name: 'doctor' },
      (code) =>
        new LambdaFunction(this, 'Function', {
          description: 'Headgate doctor: is everything as deployed?',
          code,
          handler: 'index.handler',
          runtime: NODE_24,
          architecture: Architecture.ARM_64,
          memorySize: 256,
          // API Gateway's control plane allows few calls a second: many large APIs take their time.
          timeout: Duration.minutes(5),
          role: this.#role,
          logGroup,
          environment: {
            [DOCTOR_ENVIRONMENT.gate]: gateName,
            [DOCTOR_ENVIRONMENT.countersTable]: counters.table.tableName,
            [DOCTOR_ENVIRONMENT.registryTable]: registry.table.tableName,
            [DOCTOR_ENVIRONMENT.functionArn]: authorizer.fn.functionArn,
          },
        }),
    );
  }
}

/** Of a gate without alarms of its own. */
function alone(gateName: string): AlarmSettings {
  const rule = resolveRule('doctor');
  return { name: alarmName(gateName, 'doctor'), description: alarmText('doctor', rule), threshold: rule.threshold };
}

function checked(every: Duration): Duration {
  const minutes = every.toMinutes({ integral: false });
  if (Number.isInteger(minutes) && minutes >= 5 && minutes <= 24 * 60) return every;
  throw new DeployError('badProperty', `doctor.every is ${minutes} minutes; allowed: whole minutes from 5 to 1440.`);
}
