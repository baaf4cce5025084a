import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { theGate } from '../../bin/doctor/the-gate.ts';
import { deployedGates } from '../../bin/registry/deployed-gate.ts';
import { findRegistryTable } from '../../bin/registry/find-table.ts';

const KEYS = ['HeadgateGateName', 'HeadgateRegistryTable', 'HeadgateAuthorizerArn', 'HeadgateAuthorizerLogGroup'];
const gate = (path: string, name: string) => [
  ...[...KEYS].reverse().map((key, i) => ({ OutputKey: `${path}${key}0${i}AB`, OutputValue: `${name} ${key}` })),
  { OutputKey: `${path}DoctorHeadgateDoctorFunction9`, OutputValue: `${name} doctor` },
  { OutputKey: `${path}ReportHeadgateReportTopic8`, OutputValue: `${name} reports` },
  { OutputKey: `${path}OwnLimitsHeadgateOwnLogGroups7`, OutputValue: `/aws/lambda/${name}-a,/aws/lambda/${name}-b` },
];
const named = (path: string, name: string) =>
  gate(path, name).map((one) => (one.OutputKey.includes('GateName') ? { ...one, OutputValue: name } : one));
const STACKS = {
  Shop: [...named('Gate', 'Shop.Gate'), ...named('GateTwo', 'shop-two')],
  Blog: named('Headgate', 'Blog.Headgate'),
  Other: [{ OutputKey: 'Url', OutputValue: 'https://example.com' }],
};

/** CloudFormation as it answers: a name that no stack can have is refused in other words than one that none has. */
const asked: (string | undefined)[] = [];
const client = {
  send: async ({ input: { StackName } }: { input: { StackName?: keyof typeof STACKS } }) => {
    asked.push(StackName);
    const invalid = StackName !== undefined && !/^[A-Za-z][A-Za-z0-9-]*$/.test(StackName);
    if (invalid || (StackName && !STACKS[StackName])) {
      const message = invalid ? 'Member must satisfy regular expression pattern' : `Stack ${StackName} does not exist`;
      throw Object.assign(new Error(message), { name: 'ValidationError' });
    }
    const names = StackName ? [StackName] : (Object.keys(STACKS) as (keyof typeof STACKS)[]);
    return { Stacks: names.map((name) => ({ StackName: name, Outputs: STACKS[name] })) };
  },
} as unknown as CloudFormationClient;

test('two gates of one stack are two, each with what is its own', async () => {
  const gates = await deployedGates(client, 'Shop');
  expect(gates).toMatchObject([
    { gate: 'Shop.Gate', registryTable: 'Shop.Gate HeadgateRegistryTable', doctorFunction: 'Shop.Gate doctor' },
    { gate: 'shop-two', registryTable: 'shop-two HeadgateRegistryTable', doctorFunction: 'shop-two doctor' },
  ]);
  expect(gates.map(({ ownLogGroups }) => ownLogGroups)).toEqual([
    ['/aws/lambda/Shop.Gate-a', '/aws/lambda/Shop.Gate-b'],
    ['/aws/lambda/shop-two-a', '/aws/lambda/shop-two-b'],
  ]);
  expect(gates.map(({ reportTopic }) => reportTopic)).toEqual(['Shop.Gate reports', 'shop-two reports']);
  await expect(theGate(client, 'Shop')).rejects.toThrow(/HG260: there are 2 gates: .*--stack, by its own name/);
});

test.each([
  ['Blog.Headgate', 'Blog'],
  ['shop-two', 'Shop'],
  ['Blog', 'Blog'],
])('--stack %s finds the gate by the name that the page has, or by its stack', async (name, stack) => {
  expect(await theGate(client, name)).toMatchObject({ stack, ...(name !== stack && { gate: name }) });
});

test('the registry is found by the name of the gate', async () => {
  const tableOf = (stack: string) => findRegistryTable({ stack }, {}, () => client);
  expect(await tableOf('Blog.Headgate')).toBe('Blog.Headgate HeadgateRegistryTable');
  expect(await tableOf('shop-two')).toBe('shop-two HeadgateRegistryTable');
  await expect(tableOf('Nobody')).rejects.toThrow('HG230');
});

test('the access log of attached APIs is that of the gate, in its account and region, unless they keep out of it', async () => {
  const gateOf = async (...more: { OutputKey: string; OutputValue: string }[]) => {
    const Outputs = [
      ...named('Gate', 'Shop.Gate').filter(({ OutputKey }) => !OutputKey.includes('AuthorizerArn')),
      { OutputKey: 'GateHeadgateAuthorizerArn1', OutputValue: 'arn:aws-cn:lambda:cn-north-1:123456789012:function:f' },
      { OutputKey: 'GateHeadgateAccessLogGroup2', OutputValue: 'gate-access' },
      ...more,
    ];
    const one = { send: async () => ({ Stacks: [{ StackName: 'Shop', Outputs }] }) } as unknown as CloudFormationClient;
    return (await deployedGates(one, 'Shop'))[0]!;
  };
  expect((await gateOf()).accessLog).toBe('arn:aws-cn:logs:cn-north-1:123456789012:log-group:gate-access');
  expect(
    (await gateOf({ OutputKey: 'GateHeadgateAttachedAccessLogs3', OutputValue: 'none' })).accessLog,
  ).toBeUndefined();
});
