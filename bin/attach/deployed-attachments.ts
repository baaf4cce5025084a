import { type CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { ATTACHMENT_RESOURCE, attachmentOf } from '../../lambda/attach/resource.ts';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import type { DeployedGate } from '../registry/deployed-gate.ts';

export type ApiName = Pick<AttachedApi, 'kind' | 'apiId'>;

/**
 * The APIs that a deployed gate is attached to, by its stack's resources. Needs `cloudformation:ListStackResources`.
 *
 * @returns undefined where the credentials do not allow it
 */
export async function deployedAttachments(
  client: Pick<CloudFormationClient, 'send'>,
  { stack: StackName, gate }: Pick<DeployedGate, 'stack' | 'gate'>,
): Promise<readonly ApiName[] | undefined> {
  const found: ApiName[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListStackResourcesCommand({ StackName, NextToken });
    const page = await client.send(command).catch((error: unknown) => {
      if (/^AccessDenied/.test((error as Error).name)) return undefined;
      throw error;
    });
    if (page === undefined) return undefined;
    for (const { ResourceType, ResourceStatus, PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
      if (ResourceType !== ATTACHMENT_RESOURCE.type || ResourceStatus === 'DELETE_COMPLETE') continue;
      const attachment = attachmentOf(PhysicalResourceId);
      // A stack may hold another gate, and a resource that was never made has an id of CloudFormation's.
      if (attachment?.gate === gate) found.push({ kind: attachment.kind, apiId: attachment.apiId });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}
