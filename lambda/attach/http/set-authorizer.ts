import {
  CreateAuthorizerCommand,
  DeleteAuthorizerCommand,
  UpdateAuthorizerCommand,
} from '@aws-sdk/client-apigatewayv2';
import { isNotFound, isRefusedForState } from '../control-plane-failure.ts';
import { type AttachTarget, authorizerName } from '../model.ts';
import { sameValue } from '../value.ts';
import type { HttpCalls } from './http-calls.ts';
import { readAuthorizers } from './read-http-api.ts';
import { type AuthorizerValue, authorizerValue } from './values.ts';

/** Makes, changes or deletes the authorizer that has the gate's name. */
export async function setAuthorizer(
  calls: HttpCalls,
  { apiId: ApiId, gate }: AttachTarget,
  value: AuthorizerValue | null,
): Promise<void> {
  const { client, plane } = calls;
  const name = authorizerName(gate);
  const find = async () => (await readAuthorizers(calls, ApiId)).find((one) => one.name === name);
  const existing = await find();
  if (value === null) {
    if (existing === undefined) return;
    const gone = new DeleteAuthorizerCommand({ ApiId, AuthorizerId: existing.id });
    try {
      await plane.call('DeleteAuthorizer', () => client.send(gone));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return;
  }
  const settings = {
    ApiId,
    Name: name,
    AuthorizerType: value.type as 'REQUEST',
    AuthorizerUri: value.uri,
    AuthorizerPayloadFormatVersion: value.payloadFormat,
    EnableSimpleResponses: value.simpleResponses,
    AuthorizerResultTtlInSeconds: value.ttl,
    IdentitySource: [...value.identitySource],
  };
  if (existing !== undefined) {
    if (sameValue(authorizerValue(existing), authorizerValue(value))) return;
    const update = new UpdateAuthorizerCommand({ ...settings, AuthorizerId: existing.id });
    await plane.call('UpdateAuthorizer', () => client.send(update));
    return;
  }
  try {
    await plane.call('CreateAuthorizer', () => client.send(new CreateAuthorizerCommand(settings)));
  } catch (error) {
    // The name is taken: an earlier try was heard, and its answer was lost.
    if (!isRefusedForState(error) || (await find()) === undefined) throw error;
  }
}
