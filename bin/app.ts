// The CDK app. A policy with `apis` becomes a gate in front of those APIs; any other the notes API behind a gate.
//   cdk deploy [-c policy=FILE] [-c stackName=NAME] [-c storeDeadlineMs=NUMBER] [-c metricsIntervalMs=NUMBER]
import { existsSync } from 'node:fs';
import path from 'node:path';
import { App, Duration, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { NotesApiStack } from '../examples/notes-api/notes-api-stack.ts';
import { HeadgateError, RateLimitPolicy } from '../lib/index.ts';
import { GateStack } from './app/gate-stack.ts';
import { acknowledgeFindings, acknowledgeGateFindings } from './app/nag-reasons.ts';

const root = path.resolve(import.meta.dirname, '..');
const backend = path.join(root, 'dist', 'handlers', 'notes');

function policyFile(app: App): string {
  const given = contextText(app, 'policy');
  if (given !== undefined) return given;
  const own = path.join(root, 'headgate.yaml');
  return existsSync(own) ? own : path.join(root, 'examples', 'notes-api', 'headgate.yaml');
}

function contextText(app: App, key: string): string | undefined {
  const value: unknown = app.node.tryGetContext(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

try {
  const app = new App();
  const deadlineMs = contextText(app, 'storeDeadlineMs');
  const intervalMs = contextText(app, 'metricsIntervalMs');
  const policy = RateLimitPolicy.fromFile(policyFile(app));
  const props = {
    policy,
    ...(deadlineMs !== undefined && { storeDeadline: Duration.millis(Number(deadlineMs)) }),
    ...(intervalMs !== undefined && { metricsInterval: Duration.millis(Number(intervalMs)) }),
  };
  const stackName = contextText(app, 'stackName');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  if (policy.deployment.apis.length > 0) {
    const description = 'Headgate in front of the APIs that its policy names';
    acknowledgeGateFindings(new GateStack(app, stackName ?? 'Headgate', { description, ...props }).gate);
  } else {
    const description = 'A REST and an HTTP API behind Headgate';
    acknowledgeFindings(new NotesApiStack(app, stackName ?? 'NotesApi', { description, backend, ...props }));
  }
  app.synth();
} catch (error) {
  // A mistake of the user's own is said in a sentence; anything else needs its stack trace.
  if (!(error instanceof HeadgateError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
