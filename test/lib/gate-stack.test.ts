import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { GateStack } from '../../bin/app/gate-stack.ts';
import { acknowledgeGateFindings } from '../../bin/app/nag-reasons.ts';
import { RateLimitPolicy } from '../../lib/index.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { gateIn, HANDLERS, POLICY, restApiIn, warnings } from './support/stacks.ts';

const WITH_APIS = `${POLICY}\napis:\n  - { restApi: a1b2c3d4e5, stage: prod }\n  - { httpApi: f6g7h8i9j0, stage: $default }\n`;

function gateStack(): GateStack {
  const policy = RateLimitPolicy.fromString(WITH_APIS);
  return new GateStack(new App(), 'Headgate', { policy, handlers: HANDLERS });
}

describe('a gate on its own', () => {
  const stack = gateStack();
  const template = Template.fromStack(stack);

  test('has no API, and is attached to those of the policy', () => {
    template.resourceCountIs('AWS::ApiGateway::RestApi', 0);
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 0);
    template.resourceCountIs('Custom::HeadgateAttachment', 2);
    expect(warnings(stack)).toEqual([]);
  });

  test('has the outputs that tools look for', () => {
    expect(Object.keys(template.findOutputs('*'))).toEqual(
      expect.arrayContaining([
        'AlarmTopicArn',
        'AuthorizerFunctionName',
        'CountersTableName',
        'LimitedAlarmName',
        'PageAlarmName',
        'RegistryTableName',
      ]),
    );
  });
});

describe('cdk-nag, AWS Solutions', () => {
  const findings = (stack: GateStack): string[] =>
    new AwsSolutionsChecks(stack.node.root as App)
      .validateScope(stack)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      );

  test('finds nothing that is not acknowledged, and each acknowledgment has a reason and is needed', () => {
    const stack = gateStack();
    (stack.node.root as App).synth();
    const found = findings(stack);
    acknowledgeGateFindings(stack.gate);
    expect(findings(stack)).toEqual([]);
    const accepted = stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>));
    expect(accepted.length).toBeGreaterThan(10);
    const rules = found.map((finding) => finding.split(' ')[0]);
    for (const [rule, reason] of accepted) {
      expect(reason.length).toBeGreaterThan(20);
      expect(rules).toContain(rule.replace(/^annotation::/i, ''));
    }
  });
});

test('cdk-nag finds nothing in what an API’s stack permits the doctor of another', () => {
  const app = new App();
  const gate = gateIn(new Stack(app, 'Gate'), { doctor: {} });
  const stack = new Stack(app, 'Api');
  gate.protect(restApiIn(stack));
  const found = () =>
    new AwsSolutionsChecks(app)
      .validateScope(stack)
      .violations.filter(({ violatingResources }) =>
        violatingResources.some(({ constructPath }) => constructPath?.includes('/Headgate/Examined')),
      )
      .map(({ ruleName }) => ruleName);
  app.synth();
  expect(found()).toHaveLength(1);
  acknowledgeGateFindings(gate);
  expect(found()).toEqual([]);
});

test('bin/app.ts deploys a gate alone where the policy names APIs', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headgate-test-'));
  const policy = path.join(folder, 'headgate.yaml');
  writeFileSync(policy, WITH_APIS);
  const outdir = path.join(folder, 'out');
  const root = packageRoot();
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ policy }) };
  await promisify(execFile)(node, [path.join(root, 'bin', 'app.ts')], { cwd: root, env });
  expect(readdirSync(outdir).filter((file) => file.endsWith('.template.json'))).toEqual(['Headgate.template.json']);
  const { Resources } = JSON.parse(readFileSync(path.join(outdir, 'Headgate.template.json'), 'utf8'));
  const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  expect(types.filter((type) => type === 'Custom::HeadgateAttachment')).toHaveLength(2);
}, 60_000);
