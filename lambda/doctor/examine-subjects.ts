import type { SSMClient } from '@aws-sdk/client-ssm';
import { about, examined, type Finding } from './finding.ts';
import { readSubjects } from './read-subjects.ts';
import { type DoctorSubjects, subjectsPath } from './subjects.ts';

/** What there is to examine; without `subjects` it could not be read, and the findings say so. */
export async function examineSubjects(
  client: Pick<SSMClient, 'send'>,
  gate: string,
): Promise<{ readonly subjects?: DoctorSubjects; readonly findings: readonly Finding[] }> {
  let subjects: DoctorSubjects | undefined;
  const findings = await examined('api', `parameters ${subjectsPath(gate)}`, async () => {
    subjects = await readSubjects(client, gate);
    const todo = 'deploy the stack that made it again, or delete it where no stack did';
    return subjects.unreadable.map((name) => about('api', name).wrong('the parameter names nothing to examine', todo));
  });
  return subjects === undefined ? { findings } : { subjects, findings };
}
