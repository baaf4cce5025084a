import type { SSMClient } from '@aws-sdk/client-ssm';
import { readSubjects } from '../../lambda/doctor/read-subjects.ts';
import type { DoctorSubjects } from '../../lambda/doctor/subjects.ts';
import type { DeployedGate } from '../registry/deployed-gate.ts';
import { DoctorFailedError } from './doctor-error.ts';

/**
 * What the gate stands before, as it was deployed: what its doctor reads.
 *
 * @throws DoctorFailedError (HG261) under `doctor: false`
 */
export async function deployedSubjects(
  client: Pick<SSMClient, 'send'>,
  { gate, doctorFunction }: DeployedGate,
): Promise<DoctorSubjects> {
  if (doctorFunction !== undefined) return readSubjects(client, gate);
  throw new DoctorFailedError(
    `the gate ${gate} was deployed with \`doctor: false\`: nothing tells what it is attached to`,
  );
}
