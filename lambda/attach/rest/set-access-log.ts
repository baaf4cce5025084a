import { type PatchOperation, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import type { AccessLogValue } from '../access-log.ts';
import { orNothing } from '../control-plane-failure.ts';
import type { RestCalls } from './rest-calls.ts';

/** Sets a stage's access log, or takes it away. A stage that is gone needs neither. */
export async function setAccessLog(
  { client, plane }: RestCalls,
  restApiId: string,
  stageName: string,
  value: AccessLogValue | null,
): Promise<void> {
  const patchOperations: PatchOperation[] =
    value === null
      ? [{ op: 'remove', path: '/accessLogSettings' }]
      : [
          { op: 'replace', path: '/accessLogSettings/destinationArn', value: value.destinationArn },
          { op: 'replace', path: '/accessLogSettings/format', value: value.format },
        ];
  const update = new UpdateStageCommand({ restApiId, stageName, patchOperations });
  await orNothing(plane.call('UpdateStage', () => client.send(update)));
}
