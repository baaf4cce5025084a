import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Cors, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { Headgate, type RateLimitPolicy } from '../../lib/index.ts';

export interface NotesApiStackProps extends StackProps {
  readonly policy: RateLimitPolicy;
  /** The folder of the bundled backend: `index.mjs` with `handler`. */
  readonly backend: string;
  /** How long a decision may wait for the counters, the first of a container too. @default - Headgate's own */
  readonly storeDeadline?: Duration;
  /** How long metrics are gathered before they are written. @default - Headgate's own */
  readonly metricsInterval?: Duration;
  /** @default - the handlers of the installed package */
  readonly handlers?: string;
}

/** Method and path of every route, of both APIs. */
export const ROUTES = [
  ['GET', '/notes'],
  ['POST', '/notes'],
  ['GET', '/notes/{id}'],
  ['POST', '/login'],
  ['POST', '/exports'],
  ['GET', '/health'],
  ['ANY', '/files/{proxy+}'],
] as const;

/** A REST API and an HTTP API before one small backend, both behind one gate. */
export class NotesApiStack extends Stack {
  readonly gate: Headgate;
  readonly restApi: RestApi;
  readonly httpApi: HttpApi;
  readonly backend: LambdaFunction;

  constructor(scope: Construct, id: string, props: NotesApiStackProps) {
    super(scope, id, props);
    this.backend = new LambdaFunction(this, 'Backend', {
      code: Code.fromAsset(props.backend),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(10),
      logGroup: new LogGroup(this, 'BackendLogs', {
        retention: RetentionDays.ONE_WEEK,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
    this.restApi = this.#restApi();
    this.httpApi = this.#httpApi();

    this.gate = new Headgate(this, 'Headgate', {
      policy: props.policy,
      // So low that a demo can set it off within a minute; the defaults are made for an API in use.
      alarm: { thresholdPercent: 10, minimumRequests: 20, periods: 1 },
      ...(props.storeDeadline && { storeDeadline: props.storeDeadline, firstStoreDeadline: props.storeDeadline }),
      ...(props.metricsInterval && { metricsInterval: props.metricsInterval }),
      ...(props.handlers !== undefined && { handlers: props.handlers }),
    });
    this.gate.protect(this.restApi);
    this.gate.protect(this.httpApi, { deny: 'middleware' });

    this.#output({
      RestApiId: this.restApi.restApiId,
      RestApiStage: this.restApi.deploymentStage.stageName,
      HttpApiId: this.httpApi.httpApiId,
      CountersTableName: this.gate.counters.table.tableName,
      RegistryTableName: this.gate.registry.table.tableName,
      AlarmTopicArn: this.gate.alarm!.topic.topicArn,
      LimitedAlarmName: this.gate.alarm!.alarm.alarmName,
      PageAlarmName: this.gate.alarms!.heardAs('limited-rate')!.alarmName,
      AuthorizerFunctionName: this.gate.authorizer.fn.functionName,
      AccessLogGroupName: this.gate.accessLogs!.logGroup.logGroupName,
    });
  }

  #restApi(): RestApi {
    const api = new RestApi(this, 'RestApi', {
      restApiName: 'notes-rest',
      defaultCorsPreflightOptions: { allowOrigins: Cors.ALL_ORIGINS },
      deployOptions: { stageName: 'prod' },
    });
    const integration = new LambdaIntegration(this.backend);
    for (const [method, path] of ROUTES) api.root.resourceForPath(path).addMethod(method, integration);
    return api;
  }

  #httpApi(): HttpApi {
    const api = new HttpApi(this, 'HttpApi', {
      apiName: 'notes-http',
      createDefaultStage: false,
      corsPreflight: { allowOrigins: ['*'], allowMethods: [CorsHttpMethod.ANY], exposeHeaders: ['*'] },
    });
    api.addStage('Stage', { stageName: '$default', autoDeploy: true });
    const integration = new HttpLambdaIntegration('Backend', this.backend);
    for (const [method, path] of ROUTES) api.addRoutes({ path, methods: [HttpMethod[method]], integration });
    return api;
  }

  #output(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, name, { value });
  }
}
