// A small CDK app in which each patch of the local AWS has something to show. Deployed by test/e2e/local-aws.test.ts.
import { App } from 'aws-cdk-lib';
import { ProbeStack } from './probe-stack.ts';

new ProbeStack(new App(), 'Probe');
