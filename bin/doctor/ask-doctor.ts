import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Examination } from '../../lambda/doctor/finding.ts';
import { DoctorFailedError } from './doctor-error.ts';
import { theGate } from './the-gate.ts';

/**
 * Lets the doctor of a deployed gate examine it: the same that runs on its schedule, with the same permissions.
 *
 * @throws GateNotFoundError (HG260), DoctorFailedError (HG261)
 */
export async function askDoctor(stack: string | undefined): Promise<Examination> {
  const { doctorFunction, gate } = await theGate(new CloudFormationClient({}), stack);
  if (doctorFunction === undefined) {
    throw new DoctorFailedError(`the gate ${gate} was deployed with \`doctor: false\`: nobody can examine it`);
  }
  // As long as the function may take; the SDK would give up earlier, and a retry would examine twice.
  const client = new LambdaClient({ maxAttempts: 1, requestHandler: { requestTimeout: 310_000 } });
  const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: doctorFunction }));
  const text = new TextDecoder().decode(Payload);
  if (FunctionError !== undefined) {
    const { errorType = FunctionError, errorMessage = '' } = JSON.parse(text || '{}') as Record<string, string>;
    throw new DoctorFailedError(`the doctor of ${gate} failed: ${errorType}: ${errorMessage}. Its log tells more`);
  }
  return JSON.parse(text) as Examination;
}
