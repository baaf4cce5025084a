import type { SSMClient } from '@aws-sdk/client-ssm';
import type { AttachmentTarget } from '../../lambda/attach/model.ts';
import { deployedSubjects } from '../doctor/deployed-subjects.ts';
import type { DeployedGate } from '../registry/deployed-gate.ts';
import type { ApiName } from './deployed-attachments.ts';

/**
 * What an API was attached with, for which its detaching goes: an entry with `publishPending` may publish edits then too.
 * Needs `ssm:GetParametersByPath`.
 *
 * @returns undefined where that cannot be read, and under `doctor: false`
 */
export async function attachedWith(
  client: Pick<SSMClient, 'send'>,
  gate: DeployedGate,
  { kind, apiId }: ApiName,
): Promise<AttachmentTarget | undefined> {
  const subjects = await deployedSubjects(client, gate).catch(() => undefined);
  const found = subjects?.apis.find((one) => one.attached && one.kind === kind && one.apiId === apiId);
  if (found === undefined) return undefined;
  const { attached: _, ...target } = found;
  return target;
}
