// A gate on its own, in front of APIs of another stack: those of the policy's `apis:`, and one by `attach`.
//   -c policy=FILE [-c manual=ID] [-c handlers=FOLDER]
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Headgate, HeadgateError, RateLimitPolicy } from '../../../../lib/index.ts';

const app = new App();
const context = (key: string): string | undefined => app.node.tryGetContext(key);
const stack = new Stack(app, 'Gate');
// The local AWS shares its cores: a deadline that is missed lets requests through.
const patience = Duration.seconds(3);
const handlers = context('handlers');
const httpApiId = context('manual');

try {
  const gate = new Headgate(stack, 'Gate', {
    policy: RateLimitPolicy.fromFile(context('policy')!),
    alarm: false,
    removalPolicy: RemovalPolicy.DESTROY,
    storeDeadline: patience,
    firstStoreDeadline: patience,
    ...(handlers !== undefined && { handlers }),
  });
  if (httpApiId !== undefined) gate.attach({ httpApiId, stage: 'live', deny: 'middleware' });
  app.synth();
} catch (error) {
  if (!(error instanceof HeadgateError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
