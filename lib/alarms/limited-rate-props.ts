import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { AlarmRule } from '../../lambda/policy/alarms.ts';
import { DeployError } from '../deploy-error.ts';

export interface LimitedRateAlarmProps {
  /** Where messages of the gate's alarms go, pages and tickets. @default - new topics under a key of their own */
  readonly topic?: ITopic;
  /** The share of a minute's requests, in percent, from which on the minute counts. Above 0, at most 100. @default 10 */
  readonly thresholdPercent?: number;
  /** A minute with fewer requests never counts: 1 of 3 is no incident. At least 1. @default 100 */
  readonly minimumRequests?: number;
  /** How many minutes are looked at. 1 to 60. @default 5 */
  readonly periods?: number;
  /** How many of them must count. 1 to `periods`. @default - 3, or `periods` where that is fewer */
  readonly datapointsToAlarm?: number;
}

/**
 * The same as a rule of the alarm `limited-rate`.
 *
 * @throws DeployError (HG227) for a number that is out of its bounds
 */
export function limitedRateRule(props: LimitedRateAlarmProps): AlarmRule {
  const { thresholdPercent, minimumRequests, periods, datapointsToAlarm } = props;
  const most = periods ?? 5;
  check('thresholdPercent', thresholdPercent, (value) => value > 0 && value <= 100, 'above 0 up to 100');
  check('minimumRequests', minimumRequests, (value) => whole(value, 1, 1e9), 'a whole number from 1');
  check('periods', periods, (value) => whole(value, 1, 60), 'a whole number from 1 to 60');
  check('datapointsToAlarm', datapointsToAlarm, (value) => whole(value, 1, most), `1 to ${most} (periods)`);
  return {
    ...(thresholdPercent !== undefined && { threshold: thresholdPercent }),
    ...(minimumRequests !== undefined && { minimum: minimumRequests }),
    ...(periods !== undefined && { periods }),
    ...(datapointsToAlarm !== undefined && { datapoints: datapointsToAlarm }),
  };
}

function whole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function check(name: string, value: number | undefined, holds: (value: number) => boolean, allowed: string): void {
  if (value === undefined || holds(value)) return;
  throw new DeployError('badProperty', `alarm.${name} is ${value}; allowed: ${allowed}.`);
}
