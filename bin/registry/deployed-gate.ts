import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describeStacks, GATE_OUTPUT, REGISTRY_OUTPUT, stackByGate } from './find-table.ts';

/** Keys of a gate's stack's outputs contain these. */
const OUTPUTS = {
  gate: GATE_OUTPUT,
  registryTable: REGISTRY_OUTPUT,
  functionArn: 'HeadgateAuthorizerArn',
  doctorFunction: 'HeadgateDoctorFunction',
  reportTopic: 'HeadgateReportTopic',
  logGroup: 'HeadgateAuthorizerLogGroup',
  ownLogGroups: 'HeadgateOwnLogGroups',
  accessLogGroup: 'HeadgateAccessLogGroup',
  /** There where stages of attached APIs keep out of it. */
  attachedAccessLogs: 'HeadgateAttachedAccessLogs',
} as const;

/** A gate as its stack's outputs tell of it. */
export interface DeployedGate {
  readonly stack: string;
  readonly gate: string;
  readonly registryTable: string;
  readonly functionArn: string;
  /** Absent under `doctor: false`. */
  readonly doctorFunction?: string;
  /** ARN of the topic to which reports go; absent under `report: false`. */
  readonly reportTopic?: string;
  /** Where the rejections stand; absent for a gate that was deployed by an older version. */
  readonly logGroup?: string;
  /** Where those of functions with limits of their own stand. */
  readonly ownLogGroups?: readonly string[];
  /** ARN of the log group for the access logs of attached APIs. */
  readonly accessLog?: string;
}

/**
 * The gates of an account and region.
 *
 * @param stack only those of this stack, or the gate of this name
 */
export async function deployedGates(client: CloudFormationClient, stack?: string): Promise<readonly DeployedGate[]> {
  const found: DeployedGate[] = [];
  for (const { StackName = '', Outputs = [] } of (await describeStacks(client, stack)).flatMap(stackByGate)) {
    const value = (key: string) => Outputs.find(({ OutputKey }) => OutputKey?.includes(key))?.OutputValue;
    const [gate, registryTable, functionArn] = [
      value(OUTPUTS.gate),
      value(OUTPUTS.registryTable),
      value(OUTPUTS.functionArn),
    ];
    const doctorFunction = value(OUTPUTS.doctorFunction);
    const reportTopic = value(OUTPUTS.reportTopic);
    const logGroup = value(OUTPUTS.logGroup);
    const ownLogGroups = value(OUTPUTS.ownLogGroups)?.split(',').filter(Boolean);
    const accessLog = value(OUTPUTS.attachedAccessLogs) === undefined ? value(OUTPUTS.accessLogGroup) : undefined;
    if (gate === undefined || registryTable === undefined || functionArn === undefined) continue;
    found.push({
      stack: StackName,
      gate,
      registryTable,
      functionArn,
      ...(doctorFunction !== undefined && { doctorFunction }),
      ...(reportTopic !== undefined && { reportTopic }),
      ...(logGroup !== undefined && { logGroup }),
      ...(ownLogGroups !== undefined && { ownLogGroups }),
      ...(accessLog !== undefined && { accessLog: logGroupArn(functionArn, accessLog) }),
    });
  }
  return found;
}

/** A log group is where the function is. */
function logGroupArn(functionArn: string, name: string): string {
  const [, partition, , region, account] = functionArn.split(':');
  return `arn:${partition}:logs:${region}:${account}:log-group:${name}`;
}
