import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, Duration, type Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RateLimitPolicy } from '../../lib/index.ts';
import { gateIn, newStack, onlyResource, POLICY, type Properties, resources } from './support/stacks.ts';

const FUNCTION = 'AWS::Lambda::Function';

/** The asset as it lies in the cloud assembly, from where it is uploaded. */
function assetFolder(stack: Stack): string {
  const app = stack.node.root as App;
  const hash = onlyResource(stack, FUNCTION).Code.S3Key.replace('.zip', '');
  return path.join(app.synth().directory, `asset.${hash}`);
}

describe('the authorizer function', () => {
  test('runs on nodejs24.x, arm64, 256 MB, within the 10 s that API Gateway waits', () => {
    const stack = newStack();
    gateIn(stack);
    const fn = onlyResource(stack, FUNCTION);
    expect(fn).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 256,
      Handler: 'index.handler',
    });
    expect(fn.Timeout).toBeLessThanOrEqual(10);
    expect(fn).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('knows its tables and its gate, and nothing of soft denials', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    expect(onlyResource(stack, FUNCTION).Environment.Variables).toEqual({
      HEADGATE_COUNTERS_TABLE: { Ref: 'HeadgateCountersTable4DD60A42' },
      HEADGATE_REGISTRY_TABLE: { Ref: 'HeadgateRegistryTable76478115' },
      HEADGATE_GATE: gate.gateName,
    });
  });

  test.each([[1], [25]])('reservedConcurrency %d', (reservedConcurrency) => {
    const stack = newStack();
    gateIn(stack, { reservedConcurrency });
    expect(onlyResource(stack, FUNCTION).ReservedConcurrentExecutions).toBe(reservedConcurrency);
  });

  test.each([[0], [-1], [1.5]])('reservedConcurrency %d is refused', (reservedConcurrency) => {
    expect(() => gateIn(newStack(), { reservedConcurrency })).toThrow(/^HG227: reservedConcurrency is .*allowed/);
  });

  test('is told of deadlines other than the defaults', () => {
    const stack = newStack();
    gateIn(stack, { storeDeadline: Duration.millis(250), firstStoreDeadline: Duration.seconds(2) });
    expect(onlyResource(stack, FUNCTION).Environment.Variables).toMatchObject({
      HEADGATE_DEADLINE_MS: '250',
      HEADGATE_FIRST_DEADLINE_MS: '2000',
    });
  });

  test('hands on how long metrics are gathered', () => {
    const stack = newStack();
    gateIn(stack, { metricsInterval: Duration.seconds(2) });
    expect(onlyResource(stack, FUNCTION).Environment.Variables).toMatchObject({ HEADGATE_FLUSH_MS: '2000' });
    const act = () => gateIn(newStack(), { metricsInterval: Duration.minutes(2) });
    expect(act).toThrow('HG227: metricsInterval is 120000 ms; allowed: 1 ms to 60 s.');
  });

  test.each([[5], [5000]])('a storeDeadline of %d ms is refused', (ms) => {
    const act = () => gateIn(newStack(), { storeDeadline: Duration.millis(ms) });
    expect(act).toThrow(`HG227: storeDeadline is ${ms} ms; allowed: 10 ms to 4 s.`);
  });

  test('has a log group of its own with a retention', () => {
    const stack = newStack();
    gateIn(stack, { logRetention: RetentionDays.ONE_WEEK });
    const [id] = Object.keys(resources(stack, 'AWS::Logs::LogGroup'));
    expect(onlyResource(stack, 'AWS::Logs::LogGroup').RetentionInDays).toBe(7);
    expect(onlyResource(stack, FUNCTION).LoggingConfig).toEqual({ LogGroup: { Ref: id } });
  });
});

describe('its role', () => {
  test('may update counters, look up a key and the blocks, write its log, and nothing else: it can list nobody', () => {
    const stack = newStack();
    gateIn(stack);
    const role = onlyResource(stack, 'AWS::IAM::Role');
    const policy = onlyResource(stack, 'AWS::IAM::Policy');
    const [logs] = Object.keys(resources(stack, 'AWS::Logs::LogGroup'));
    const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
    const statements = [
      ...role.Policies.flatMap((inline: Properties) => inline.PolicyDocument.Statement),
      ...policy.PolicyDocument.Statement,
    ];
    expect(statements).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: arn(logs!) },
      { Effect: 'Allow', Action: 'dynamodb:UpdateItem', Resource: arn('HeadgateCountersTable4DD60A42') },
      {
        Effect: 'Allow',
        Action: 'dynamodb:Query',
        Resource: arn('HeadgateRegistryTable76478115'),
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['blocks'] } },
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:GetItem',
        Resource: arn('HeadgateRegistryTable76478115'),
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['key#*'] } },
      },
    ]);
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(JSON.stringify(statements).replace('key#*', '')).not.toContain('*');
  });
});

describe('its asset', () => {
  test('holds the handler and the compiled policy', () => {
    const stack = newStack();
    const { policy } = gateIn(stack);
    const folder = assetFolder(stack);
    expect(JSON.parse(readFileSync(path.join(folder, 'policy.json'), 'utf8'))).toEqual(policy.compiled);
    expect(readFileSync(path.join(folder, 'index.mjs'), 'utf8')).toContain('handler');
  });

  test('is another one where the policy is, and the same one where it is not: a rollback takes the policy along', () => {
    const key = (text: string): string => {
      const stack = newStack();
      gateIn(stack, { policy: RateLimitPolicy.fromString(text) });
      return onlyResource(stack, FUNCTION).Code.S3Key;
    };
    expect(key(POLICY)).toBe(key(POLICY));
    expect(key(POLICY)).not.toBe(key(POLICY.replace('free: 60', 'free: 61')));
  });

  test('a package that was not built is told how to build it', () => {
    const handlers = mkdtempSync(path.join(tmpdir(), 'headgate-test-'));
    expect(() => gateIn(newStack(), { handlers })).toThrow(/^HG220: .*authorizer\/index\.mjs.*npm run build/);
  });
});
