import type { LambdaClient } from '@aws-sdk/client-lambda';
import { examineFunction } from '../../lambda/doctor/examine-function.ts';
import type { DoctorSubjects } from '../../lambda/doctor/subjects.ts';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:Authorizer';

/** A function that these APIs may call. */
function functionFor(...apiIds: string[]): Pick<LambdaClient, 'send'> {
  const Statement = apiIds.map((apiId) => ({
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Condition: {
      ArnLike: { 'AWS:SourceArn': `arn:aws:execute-api:eu-central-1:123456789012:${apiId}/authorizers/x1` },
    },
  }));
  const send = async (command: object) =>
    command.constructor.name === 'GetPolicyCommand' ? { Policy: JSON.stringify({ Statement }) } : { State: 'Active' };
  return { send } as unknown as Pick<LambdaClient, 'send'>;
}

const subjects = (apiIds: readonly string[], withoutStage: readonly string[] = []): DoctorSubjects => ({
  apis: apiIds.map((apiId) => ({ kind: 'rest', apiId, stage: 'prod', attached: false })),
  withoutStage: withoutStage.map((apiId) => ({ kind: 'http', apiId })),
  plans: [],
  unreadable: [],
});

const textsOf = async (client: Pick<LambdaClient, 'send'>, of: DoctorSubjects | undefined) =>
  (await examineFunction(client, ARN, of)).map(({ ok, text }) => `${ok} ${text}`);

test('fine where every API may call it and every API that may is known', async () => {
  expect(await textsOf(functionFor('a', 'b', 'c'), subjects(['a', 'b'], ['c']))).toEqual([
    'true runs, and all 2 APIs may call it',
  ]);
});

test('an API that may not call it, and one that may and whose parameter is gone', async () => {
  expect(await textsOf(functionFor('b', 'lost'), subjects(['a', 'b']))).toEqual([
    'false does not permit REST API a to call it: its requests get 500',
    'false permits the API lost to call it, which is examined by nobody',
  ]);
});

test('where it is not known which APIs there are, nothing is said of them', async () => {
  expect(await textsOf(functionFor('a'), undefined)).toEqual(['true runs']);
});
