import { DeleteAccessLogSettingsCommand, UpdateStageCommand } from '@aws-sdk/client-apigatewayv2';
import type { AccessLogValue } from '../access-log.ts';
import { orNothing } from '../control-plane-failure.ts';
import type { HttpCalls } from './http-calls.ts';

/** Sets a stage's access log, or takes it away. A stage that is gone needs neither. */
export async function setAccessLog(
  { client, plane }: HttpCalls,
  ApiId: string,
  StageName: string,
  value: AccessLogValue | null,
): Promise<void> {
  if (value === null) {
    const remove = new DeleteAccessLogSettingsCommand({ ApiId, StageName });
    await orNothing(plane.call('DeleteAccessLogSettings', () => client.send(remove)));
    return;
  }
  const { destinationArn: DestinationArn, format: Format } = value;
  const update = new UpdateStageCommand({ ApiId, StageName, AccessLogSettings: { DestinationArn, Format } });
  await orNothing(plane.call('UpdateStage', () => client.send(update)));
}
