import type { SSMClient } from '@aws-sdk/client-ssm';
import { attachedWith } from '../../bin/attach/attached-with.ts';
import type { DeployedGate } from '../../bin/registry/deployed-gate.ts';

const GATE: DeployedGate = {
  stack: 'Shop',
  gate: 'Shop.Gate',
  registryTable: 'registry',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:gate',
  doctorFunction: 'doctor',
};
const API = { kind: 'rest', apiId: 'a1b2c3' } as const;
const ENTRY = { ...API, stage: 'prod', publishPending: true, attached: true };

/** A parameter store that holds these APIs. */
const storeOf = (...apis: object[]) =>
  ({
    send: async () => ({ Parameters: apis.map((api) => ({ Name: '/p', Value: JSON.stringify({ api }) })) }),
  }) as unknown as Pick<SSMClient, 'send'>;

test('an API that leaves the policy is detached as it was attached', async () => {
  const others = [
    { ...ENTRY, apiId: 'b1b2c3' },
    { ...ENTRY, kind: 'http' },
    { ...ENTRY, attached: false },
  ];
  expect(await attachedWith(storeOf(...others, ENTRY), GATE, API)).toEqual({
    ...API,
    stage: 'prod',
    publishPending: true,
  });
  expect(await attachedWith(storeOf(...others), GATE, API)).toBeUndefined();
});

test('where that may not be read, or nothing has written it down, it is not known', async () => {
  const denied = { send: () => Promise.reject(new Error('AccessDenied')) } as unknown as Pick<SSMClient, 'send'>;
  expect(await attachedWith(denied, GATE, API)).toBeUndefined();
  const { doctorFunction: _, ...without } = GATE;
  expect(await attachedWith(storeOf(ENTRY), without, API)).toBeUndefined();
});
