import type { App } from 'aws-cdk-lib';
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AUTHORIZER, BACKEND } from './handlers.ts';
import { probeAlarms } from './probe-alarms.ts';
import { probeHttpApi } from './probe-http-api.ts';
import { probeRestApi } from './probe-rest-api.ts';

/** The functions that the probe's APIs call. */
export interface ProbeFunctions {
  readonly authorizer: LambdaFunction;
  readonly backend: LambdaFunction;
}

/** One REST API, one HTTP API, three alarms. */
export class ProbeStack extends Stack {
  constructor(app: App, id: string) {
    super(app, id);
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const make = (name: string, code: string): LambdaFunction =>
      new LambdaFunction(this, name, {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline(code),
        environment: { TABLE: table.tableName },
      });
    const functions = { authorizer: make('Authorizer', AUTHORIZER), backend: make('Backend', BACKEND) };
    probeRestApi(this, functions);
    probeHttpApi(this, functions);
    probeAlarms(this);
  }
}

/** An output under exactly this name. */
export function output(stack: Stack, name: string, value: string): void {
  new CfnOutput(stack, `${name}Output`, { value }).overrideLogicalId(name);
}

/** The API's part of what a stack needs to call a function with nobody having permitted it. */
export function invocationUri(stack: Stack, lambda: LambdaFunction): string {
  return `arn:aws:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${lambda.functionArn}/invocations`;
}
