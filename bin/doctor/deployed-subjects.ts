import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DOCTOR_ENVIRONMENT, type DoctorSubjects } from '../../lambda/doctor/subjects.ts';
import type { DeployedGate } from '../registry/deployed-gate.ts';
import { DoctorFailedError } from './doctor-error.ts';

/**
 * What the gate consists of, as it was deployed: the doctor's function has it in its environment.
 *
 * @throws DoctorFailedError (HG261) under `doctor: false`
 */
export async function deployedSubjects(
  client: Pick<LambdaClient, 'send'>,
  { gate, doctorFunction }: DeployedGate,
): Promise<DoctorSubjects> {
  if (doctorFunction === undefined) {
    throw new DoctorFailedError(
      `the gate ${gate} was deployed with \`doctor: false\`: nothing tells what it is attached to`,
    );
  }
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: doctorFunction }));
  const text = Environment?.Variables?.[DOCTOR_ENVIRONMENT.subjects];
  if (text === undefined) throw new DoctorFailedError(`the function ${doctorFunction} does not name what it examines`);
  return JSON.parse(text) as DoctorSubjects;
}
