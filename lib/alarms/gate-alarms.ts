import { Tags } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  type AlarmProps,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, type IDependable } from 'constructs';
import {
  ALARM_IDS,
  type AlarmId,
  alarmDescription,
  alarmName,
  SEVERITIES,
  type Severity,
} from '../../lambda/policy/alarm-catalogue.ts';
import type { AlarmRules, AlarmsPolicy, ResolvedRule } from '../../lambda/policy/alarms.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { alarmMetric } from './alarm-metric.ts';
import { alarmRules } from './alarm-rules.ts';
import { alarmText } from './alarm-text.ts';
import { AlarmTopics } from './alarm-topics.ts';
import { Composites } from './composites.ts';

export interface GateAlarmsProps {
  /** Where pages go. @default - the policy's `page.topic`, else a new topic under a key of its own */
  readonly pageTopic?: ITopic;
  /** Where tickets go. @default - the policy's `ticket.topic`, else a new topic under the same key */
  readonly ticketTopic?: ITopic;
  /** The address of a runbook; `#` and the alarm's name are added. @default - that of the policy, else Headgate's own */
  readonly runbook?: string;
  /** What differs for single alarms, by their names: `{ 'limited-rate': { threshold: 20 } }`. @default - the policy's */
  readonly rules?: AlarmRules;
}

export interface GateAlarmsParts {
  readonly gateName: string;
  readonly authorizer: AuthorizerFunction;
  readonly policy: AlarmsPolicy;
  /** What makes the rule of Contributor Insights that counts who is limited. */
  readonly insightRules: IDependable;
  /** Requests that API Gateway itself throttles, which an access log tells; absent: no alarm on them. */
  readonly gatewayThrottled?: IMetric | undefined;
}

/** An alarm that is made elsewhere, with what it needs to be one of these. */
export interface AlarmSettings {
  readonly name: string;
  readonly description: string;
  readonly threshold: number;
}

/**
 * The alarms of a gate: on those who are limited and on the gate itself, each with a severity, a description and its heading
 * in the runbook. It needs no function of ours: alarm, composite alarm, topic.
 */
export class GateAlarms extends Construct {
  readonly #parts: GateAlarmsParts;
  readonly #rules: Readonly<Record<AlarmId, ResolvedRule>>;
  readonly #runbook: string | undefined;
  readonly #topics: AlarmTopics;
  readonly #composites: Composites;
  readonly #alarms = new Map<AlarmId, Alarm>();
  readonly #heardAs = new Map<AlarmId, AlarmBase>();

  /** @throws DeployError (HG227) for a number that is out of its bounds */
  constructor(scope: Construct, id: string, parts: GateAlarmsParts, props: GateAlarmsProps = {}) {
    super(scope, id);
    this.#parts = parts;
    const { gateName, policy } = parts;
    this.#rules = alarmRules(policy.rules, props.rules ?? {});
    this.#runbook = props.runbook ?? policy.runbook;
    this.#topics = new AlarmTopics(this, policy, { page: props.pageTopic, ticket: props.ticketTopic });
    const topicOf = (severity: Severity) => this.topicOf(severity);
    this.#composites = new Composites(this, 'Heard', { gateName, runbook: this.#runbook, topicOf });
    // Pages first: the tickets of their group wait for them.
    for (const severity of SEVERITIES) {
      for (const alarmId of ALARM_IDS) {
        if (this.#rules[alarmId].severity === severity && alarmId !== 'doctor') this.#addOwn(alarmId);
      }
    }
  }

  /** The topic for pages. */
  get topic(): ITopic {
    return this.topicOf('page');
  }

  topicOf(severity: Severity): ITopic {
    return this.#topics.of(severity);
  }

  /** The key of the topics, where they are not given: who publishes to them needs it. */
  get key(): IKey | undefined {
    return this.#topics.key;
  }

  /** One of the alarms; undefined under `severity: none`, and for `gateway-throttles` where no access log is read. */
  alarmOf(id: AlarmId): Alarm | undefined {
    return this.#alarms.get(id);
  }

  /** The alarm whose message tells of this one: the composite alarm of its group, or itself. */
  heardAs(id: AlarmId): AlarmBase | undefined {
    return this.#heardAs.get(id);
  }

  /** What the alarm of the doctor is made with; undefined under `severity: none`. */
  get doctorSettings(): AlarmSettings | undefined {
    const rule = this.#rules.doctor;
    if (rule.severity === 'none') return undefined;
    return {
      name: alarmName(this.#parts.gateName, 'doctor'),
      description: alarmText('doctor', rule, this.#runbook),
      threshold: rule.threshold,
    };
  }

  /** Takes the alarm of the doctor in: where it is heard, and its tags. */
  addDoctor(alarm: Alarm, topic?: ITopic): void {
    this.#add('doctor', alarm, topic);
  }

  #addOwn(id: Exclude<AlarmId, 'doctor'>): void {
    const { gateName, authorizer, insightRules, gatewayThrottled } = this.#parts;
    const { minimum } = this.#rules[id];
    const metric = id === 'gateway-throttles' ? gatewayThrottled : alarmMetric(id, { gateName, authorizer, minimum });
    if (metric === undefined) return;
    const props = this.#props(id, metric);
    if (id === 'limited-rise') {
      const { threshold, ...rest } = props;
      const comparisonOperator = ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD;
      const alarm = new AnomalyDetectionAlarm(this, idOf(id), { ...rest, stdDevs: threshold, comparisonOperator });
      this.#add(id, alarm);
      return;
    }
    const alarm = new Alarm(this, idOf(id), props);
    if (id === 'many-limited' || id === 'one-limited') alarm.node.addDependency(insightRules);
    this.#add(id, alarm);
  }

  #props(id: AlarmId, metric: IMetric): AlarmProps {
    const rule = this.#rules[id];
    return {
      alarmName: alarmName(this.#parts.gateName, id),
      alarmDescription: alarmText(id, rule, this.#runbook),
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: rule.threshold,
      evaluationPeriods: rule.periods,
      datapointsToAlarm: rule.datapoints,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
  }

  #add(id: AlarmId, alarm: Alarm, topic?: ITopic): void {
    const { severity } = this.#rules[id];
    if (severity === 'none') return;
    const { group } = alarmDescription(id);
    this.#alarms.set(id, alarm);
    const tags = { gate: this.#parts.gateName, alarm: id, severity };
    for (const [key, value] of Object.entries(tags)) Tags.of(alarm).add(`headgate:${key}`, value);
    if (group) {
      this.#heardAs.set(id, this.#composites.add(group, severity, id, alarm));
      return;
    }
    alarm.addAlarmAction(new SnsAction(topic ?? this.topicOf(severity)));
    this.#heardAs.set(id, alarm);
  }
}

/** `LimitedRate`. */
function idOf(id: AlarmId): string {
  return id.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
