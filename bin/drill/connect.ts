import { randomBytes } from 'node:crypto';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AlarmId } from '../../lambda/policy/alarm-catalogue.ts';
import { theGate } from '../doctor/the-gate.ts';
import { type DrillTarget, findTarget } from './drill-target.ts';
import { ListeningQueue } from './listening-queue.ts';
import type { DrillParts } from './run-drill.ts';

export interface Drill {
  readonly target: DrillTarget;
  readonly parts: Pick<DrillParts, 'cloudwatch' | 'queue' | 'clock'>;
}

/**
 * The alarm of the deployed gate, and what follows it. Nothing is made or changed yet.
 *
 * @throws GateNotFoundError (HG260), NothingToRehearseError (HG280), AlarmIsOnError (HG281)
 */
export async function prepareDrill(id: AlarmId, stack: string | undefined): Promise<Drill> {
  const { gate, reportTopic } = await theGate(new CloudFormationClient({}), stack);
  const [cloudwatch, sns, sqs] = [new CloudWatchClient({}), new SNSClient({}), new SQSClient({})];
  const target = await findTarget({ cloudwatch, sns }, gate, id, reportTopic);
  const name = `headgate-drill-${randomBytes(6).toString('hex')}`;
  const queue = new ListeningQueue({ sqs, sns }, name, target.alarmArn);
  return { target, parts: { cloudwatch, queue, clock: () => performance.now() } };
}
