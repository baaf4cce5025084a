import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from '../../bin/app/nag-reasons.ts';
import { NotesApiStack, ROUTES } from '../../examples/notes-api/notes-api-stack.ts';
import { RateLimitPolicy } from '../../lib/index.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { HANDLERS, resources, warnings } from './support/stacks.ts';

const root = packageRoot();
const policyFile = path.join(root, 'examples', 'notes-api', 'headgate.yaml');
const { context } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8'));

function notesApi(): NotesApiStack {
  return new NotesApiStack(new App({ context }), 'NotesApi', {
    policy: RateLimitPolicy.fromFile(policyFile),
    backend: path.join(HANDLERS, 'notes'),
    handlers: HANDLERS,
  });
}

describe('the notes API', () => {
  const stack = notesApi();

  test('guards every route of both APIs, preflights excepted', () => {
    const rest = Object.values(resources(stack, 'AWS::ApiGateway::Method'));
    expect(rest.filter(({ AuthorizationType }) => AuthorizationType === 'CUSTOM')).toHaveLength(ROUTES.length);
    expect(new Set(rest.filter((m) => m.AuthorizationType === 'NONE').map((m) => m.HttpMethod))).toEqual(
      new Set(['OPTIONS']),
    );
    const http = Object.values(resources(stack, 'AWS::ApiGatewayV2::Route'));
    expect(http.map(({ RouteKey }) => RouteKey).sort()).toEqual(ROUTES.map((route) => route.join(' ')).sort());
    expect(http.every(({ AuthorizationType }) => AuthorizationType === 'CUSTOM')).toBe(true);
  });

  test('has the outputs that tools look for', () => {
    expect(Object.keys(Template.fromStack(stack).findOutputs('*'))).toEqual(
      expect.arrayContaining([
        'AlarmTopicArn',
        'AuthorizerFunctionName',
        'CountersTableName',
        'HttpApiId',
        'LimitedAlarmName',
        'PageAlarmName',
        'RegistryTableName',
        'RestApiId',
        'RestApiStage',
      ]),
    );
  });

  test('warns of nothing', () => {
    expect(warnings(stack)).toEqual([]);
  });

  test('logs no key', () => {
    const [stage] = Object.values(resources(stack, 'AWS::ApiGateway::Stage'));
    expect(stage!.AccessLogSetting.Format).toContain('$context.error.responseType');
    expect(stage!.AccessLogSetting.Format).not.toMatch(/apiKey(?!Id)|header|authorization/i);
  });
});

describe('cdk-nag, AWS Solutions', () => {
  const findings = (stack: NotesApiStack): string[] =>
    new AwsSolutionsChecks(stack.node.root as App)
      .validateScope(stack)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      );

  test('finds nothing that is not acknowledged', () => {
    const stack = notesApi();
    (stack.node.root as App).synth();
    acknowledgeFindings(stack);
    expect(findings(stack)).toEqual([]);
  });

  test('each acknowledgment has a reason and is needed', () => {
    const stack = notesApi();
    (stack.node.root as App).synth();
    const found = findings(stack);
    acknowledgeFindings(stack);
    const accepted = stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>));
    expect(accepted.length).toBeGreaterThan(0);
    for (const [rule, reason] of accepted) {
      expect(reason.length).toBeGreaterThan(20);
      const id = rule.replace(/^annotation::/i, '');
      expect(found.map((finding) => finding.split(' ')[0])).toContain(id);
    }
  });

  test('does find something in the gate where nothing is acknowledged: the check looks at it', () => {
    const stack = notesApi();
    (stack.node.root as App).synth();
    expect(findings(stack)).toContain('AwsSolutions-DDB3 NotesApi/Headgate/Counters/Table/Resource');
  });
});

describe('bin/app.ts', () => {
  const run = async (contextValues: Record<string, string>) => {
    const outdir = mkdtempSync(path.join(tmpdir(), 'headgate-test-'));
    const env = {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...contextValues }),
    };
    const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
    return promisify(execFile)(node, [path.join(root, 'bin', 'app.ts')], { cwd: root, env }).then(
      () => ({ code: 0, error: '', outdir }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, error: stderr, outdir }),
    );
  };

  test('synthesises the stack under the name of the context, cdk-nag included', async () => {
    const { code, error, outdir } = await run({ policy: policyFile, stackName: 'Mine' });
    expect(error).toBe('');
    expect(code).toBe(0);
    const template = JSON.parse(readFileSync(path.join(outdir, 'Mine.template.json'), 'utf8'));
    expect(Object.keys(template.Outputs)).toContain('RestApiId');
  }, 60_000);

  test('says in one sentence what is wrong with the policy file', async () => {
    const { code, error } = await run({ policy: 'no-such.yaml' });
    expect(code).toBe(1);
    expect(error.trim()).toMatch(/^HG221: The policy file "no-such\.yaml" cannot be read \(ENOENT\)\.[^\n]*$/);
  }, 60_000);
});
