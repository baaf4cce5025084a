// A REST and an HTTP API with an authorizer of their own, which asks the gate, and log-ins that are limited in the backend.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RequestAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { Headgate, RateLimitPolicy } from '../../../../lib/index.ts';

const POLICY = `
tiers: [free, gold]
limits:
  knock: { per: address, rate: 20/hour }
  client: { per: client, rate: { free: 2/hour, gold: 3/hour } }
`;

const app = new App();
const stack = new Stack(app, 'OwnLimits');

function functionOf(name: string, handler = 'handler'): LambdaFunction {
  const folder = mkdtempSync(path.join(tmpdir(), 'headgate-own-limits-'));
  buildSync({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    outfile: path.join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  const fn = new LambdaFunction(stack, `${name}-${handler}`, {
    code: Code.fromAsset(folder),
    handler: `index.${handler}`,
    runtime: Runtime.NODEJS_24_X,
    timeout: Duration.seconds(10),
    memorySize: 256,
  });
  // It is copied into the cloud assembly by now.
  rmSync(folder, { recursive: true });
  return fn;
}

const patience = Duration.seconds(3);
const gate = new Headgate(stack, 'Headgate', {
  policy: RateLimitPolicy.fromString(POLICY),
  alarm: false,
  doctor: false,
  usagePlans: false,
  removalPolicy: RemovalPolicy.DESTROY,
  storeDeadline: patience,
  firstStoreDeadline: patience,
});
const authorizer = functionOf('authorizer');
gate.grantLimit(authorizer);
const who = functionOf('backend', 'who');
const logIn = functionOf('backend', 'logIn');
gate.grantRateLimit(logIn);

const rest = new RestApi(stack, 'Rest', { cloudWatchRole: false });
// A cached answer would be counted once and used many times.
const restAuthorizer = new RequestAuthorizer(stack, 'RestAuthorizer', {
  handler: authorizer,
  identitySources: [],
  resultsCacheTtl: Duration.seconds(0),
});
rest.root.addResource('who').addMethod('GET', new LambdaIntegration(who), { authorizer: restAuthorizer });
// For the 429 of what is denied; the authorizer keeps its method.
gate.protect(rest, { sharedDeny: true });

const http = new HttpApi(stack, 'Http');
http.addRoutes({
  path: '/who',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('Who', who),
  authorizer: new HttpLambdaAuthorizer('HttpAuthorizer', authorizer, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    identitySource: [],
    resultsCacheTtl: Duration.seconds(0),
  }),
});
http.addRoutes({
  path: '/login',
  methods: [HttpMethod.POST],
  integration: new HttpLambdaIntegration('LogIn', logIn),
});

new CfnOutput(stack, 'RestApiId', { value: rest.restApiId });
new CfnOutput(stack, 'StageName', { value: rest.deploymentStage.stageName });
new CfnOutput(stack, 'HttpApiId', { value: http.apiId });
