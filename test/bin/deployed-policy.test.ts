import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { readDeployedPolicy } from '../../bin/on-call/deployed-policy.ts';
import { deployedPolicyOf } from '../../bin/on-call/deployed-policy-of.ts';
import { differingLimits, policyText } from '../../bin/on-call/policy-text.ts';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import type { Policy } from '../../lambda/policy/policy.ts';

const ALL = `
identify: [{ apiKey: x-api-key }]
tiers: [free, gold]
limits:
  window: { per: client, rate: { free: 60/minute, gold: 100/15 minutes }, resolution: 20 }
  same: { per: address, rate: 5/minute, routes: [POST /login, 'ANY /reports/*'], onStoreFailure: deny }
  bucket: { per: client, rate: { free: 60/minute, gold: 7/minute }, algorithm: token-bucket, burst: { free: 20, gold: 9 } }
  queue: { per: client, rate: 10/second, algorithm: leaky-bucket, queue: 5, maxDelay: 1500ms }
  fixed: { per: client, rate: { free: 3/day, gold: 10/calendar-day }, algorithm: fixed-window }
  mixed: { per: client, rate: { free: 3/day, gold: 10/calendar-week } }
  quota: { per: client, rate: 10000/calendar-month, cost: { 'POST /exports': 5, 'GET /reports/{id}': 2 } }
  counter: { per: route, routes: [GET /x], rate: 90/90 seconds, algorithm: sliding-window-counter, cost: 3 }
  log: { per: address, rate: 4/hour, algorithm: sliding-window-log }
  all: { per: all, rate: 2000/second, mode: shadow }
exempt: [{ address: 203.0.113.0/24 }]
`;
const policy = compilePolicy(ALL, 'all.yaml');
const asDeployed = JSON.parse(JSON.stringify(policy)) as Policy;

describe('a deployed policy', () => {
  const zip = (files: Readonly<Record<string, string>>) =>
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  const lambda = (Location?: string) => ({ send: async () => ({ Code: { Location } }) }) as unknown as LambdaClient;
  const read = (body: Uint8Array | string, status = 200) =>
    readDeployedPolicy(
      lambda('https://code.example/?secret'),
      'arn',
      async () => new Response(body as string, { status }),
    );

  test('is what stands beside the handler in the code of the function', async () => {
    const body = zip({ 'index.mjs': 'x'.repeat(100_000), 'policy.json': JSON.stringify(policy, null, 1) });
    expect(await read(body)).toEqual(asDeployed);
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['none', () => read(zip({ 'index.mjs': '' })), /^HG273: .*no policy\.json/],
    [
      'a format of another version',
      () => read(zip({ 'policy.json': '{"format":2}' })),
      /^HG273: .*format 2, this version knows 1/,
    ],
    ['no archive', () => read('<html>'), /^HG273: /],
    ['a refusal', () => read('', 403), /^HG273: .*status 403/],
    ['no address', () => readDeployedPolicy(lambda(), 'arn'), /^HG273: .*does not say where/],
  ])('%s is said, without the address of the code', async (_, failing, message) => {
    const error = await failing().catch((thrown: Error) => thrown);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('secret');
  });

  test('is that of the gate that reads the registry', async () => {
    const output = (stack: string) => ({
      StackName: stack,
      Outputs: ['HeadgateGateName', 'HeadgateRegistryTable', 'HeadgateAuthorizerArn'].map((OutputKey) => ({
        OutputKey,
        OutputValue: `${stack}-${OutputKey}`,
      })),
    });
    const client = { send: async () => ({ Stacks: [output('a'), output('b')] }) } as unknown as CloudFormationClient;
    const asked: string[] = [];
    const of = (table: string) =>
      deployedPolicyOf({}, table, client, async (arn) => {
        asked.push(arn);
        return policy;
      });
    expect(await of('b-HeadgateRegistryTable')).toBe(policy);
    expect(asked).toEqual(['b-HeadgateAuthorizerArn']);
    await expect(of('c')).rejects.toThrow('HG273: the deployed policy could not be read: no stack has a gate');
  });
});

describe('the text of a compiled policy', () => {
  test('compiles to the same limits, of every kind', () => {
    const again = compilePolicy(policyText(asDeployed)!, 'again');
    expect(again.limits).toEqual(policy.limits);
    expect(again.tiers).toEqual(policy.tiers);
  });

  test('is not made where this version would count otherwise', () => {
    const [first, ...rest] = asDeployed.limits;
    const budgets = { ...first!.budgets, free: { ...first!.budgets.free!, cellId: 'zzz' } };
    expect(policyText({ ...asDeployed, limits: [{ ...first!, budgets }, ...rest] })).toBeUndefined();
    // One whose limits have another form altogether.
    const { budgets: _, ...formless } = first!;
    expect(policyText({ ...asDeployed, limits: [formless as Policy['limits'][number]] })).toBeUndefined();
  });

  test('limits that differ or are in one of two are named', () => {
    const [first, second, ...rest] = asDeployed.limits;
    const other = { ...asDeployed, limits: [{ ...first!, mode: 'shadow' as const }, ...rest] };
    expect(differingLimits(asDeployed, other)).toEqual([first!.name, second!.name]);
  });
});
