// An authorizer of one's own, of a REST API and an HTTP API: it knows users by a header and who they are.
import './layer.ts';
import { withRateLimit } from '../../../../lambda/own-authorizer/index.ts';

interface Event {
  readonly version?: string;
  readonly methodArn?: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function authorize(event: Event) {
  const user = event.headers['x-user'];
  if (event.version === '2.0') {
    return user === undefined
      ? { isAuthorized: false }
      : { isAuthorized: true, context: { userId: user, plan: 'gold' } };
  }
  if (user === undefined) throw new Error('Unauthorized');
  const statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: event.methodArn };
  return {
    principalId: user,
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    context: { userId: user, plan: 'gold' },
  };
}

export const handler = withRateLimit(authorize, {
  clientOf: ({ context }) => context?.userId,
  tierOf: ({ context }) => context?.plan,
});
