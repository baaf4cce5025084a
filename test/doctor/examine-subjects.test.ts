import type { GetParametersByPathCommandInput, SSMClient } from '@aws-sdk/client-ssm';
import { examineSubjects } from '../../lambda/doctor/examine-subjects.ts';
import { readSubjects } from '../../lambda/doctor/read-subjects.ts';
import type { DoctorSubject } from '../../lambda/doctor/subjects.ts';

const REST: DoctorSubject = { api: { kind: 'rest', apiId: 'r1', stage: 'prod', attached: false } };
const HTTP: DoctorSubject = { api: { kind: 'http', apiId: 'h1', stage: '$default', attached: true } };
const PLAN: DoctorSubject = { plan: { id: 'p1', name: 'Shop.Gate-free', stages: ['r1:prod'] } };

/** Answers two parameters at a time, as the parameter store answers ten. */
function storeOf(values: readonly string[], asked: GetParametersByPathCommandInput[] = []): Pick<SSMClient, 'send'> {
  const send = async ({ input }: { input: GetParametersByPathCommandInput }) => {
    asked.push(input);
    const from = Number(input.NextToken ?? 0);
    const page = values.slice(from, from + 2);
    const Parameters = page.map((Value, index) => ({ Name: `/p/${from + index}`, Value }));
    return { Parameters, ...(from + 2 < values.length && { NextToken: String(from + 2) }) };
  };
  return { send } as unknown as Pick<SSMClient, 'send'>;
}

test('reads every page of exactly the gate’s path', async () => {
  const asked: GetParametersByPathCommandInput[] = [];
  const values = [REST, HTTP, PLAN, { api: { kind: 'http', apiId: 'h2' } }, REST].map((one) => JSON.stringify(one));
  expect(await readSubjects(storeOf(values, asked), 'Shop.Gate')).toEqual({
    apis: [REST.api, HTTP.api, REST.api],
    withoutStage: [{ kind: 'http', apiId: 'h2' }],
    plans: [PLAN.plan],
    unreadable: [],
  });
  expect(asked.map(({ Path, NextToken }) => [Path, NextToken])).toEqual([
    ['/headgate/Shop.Gate/doctor', undefined],
    ['/headgate/Shop.Gate/doctor', '2'],
    ['/headgate/Shop.Gate/doctor', '4'],
  ]);
});

test.each([
  '',
  'no JSON',
  'null',
  '[]',
  '"api"',
  '{"api":null}',
  '{"api":{"kind":"soap","apiId":"x"}}',
  '{"api":{"kind":"rest","apiId":7}}',
  '{"plan":{"id":"p","name":"n"}}',
])('a parameter that somebody has written over with %j is a finding, and the others are read', async (value) => {
  const { subjects, findings } = await examineSubjects(storeOf([value, JSON.stringify(REST)]), 'Shop.Gate');
  expect(subjects).toMatchObject({ apis: [REST.api], unreadable: ['/p/0'] });
  expect(findings).toMatchObject([{ area: 'api', subject: '/p/0', ok: false }]);
});

test('parameters that cannot be read are a finding, and not an empty list', async () => {
  const denied = Object.assign(new Error('arn of somebody'), { name: 'AccessDeniedException' });
  const client = { send: () => Promise.reject(denied) } as unknown as Pick<SSMClient, 'send'>;
  const { subjects, findings } = await examineSubjects(client, 'Shop.Gate');
  expect(subjects).toBeUndefined();
  expect(findings).toMatchObject([
    {
      subject: 'parameters /headgate/Shop.Gate/doctor',
      ok: false,
      text: 'could not be examined (AccessDeniedException)',
    },
  ]);
});
