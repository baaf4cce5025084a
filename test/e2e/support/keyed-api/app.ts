// A REST API whose methods require a key of API Gateway, behind a gate whose tiers have usage plans. And an HTTP API in
// another stack behind the same gate.
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { MockIntegration, PassthroughBehavior, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Headgate, RateLimitPolicy } from '../../../../lib/index.ts';

const POLICY = `
identify:
  - apiKey: x-api-key
tiers:
  free: { plan: { rate: 100/second, burst: 200 } }
  gold: { plan: { rate: 100/second, burst: 200, quota: 100000/month } }
limits:
  client:
    per: client
    rate: { free: 3/day, gold: 100/day }
`;

const app = new App();
const stack = new Stack(app, 'Keyed');
const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
const integration = new MockIntegration({
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  passthroughBehavior: PassthroughBehavior.NEVER,
  integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': '{"thing":1}' } }],
});
api.root
  .addResource('things')
  .addMethod('GET', integration, { apiKeyRequired: true, methodResponses: [{ statusCode: '200' }] });
// Two loaded cores miss the usual deadline by mere load, and would fail open.
const deadline = Duration.seconds(3);
const gate = new Headgate(stack, 'Headgate', {
  policy: RateLimitPolicy.fromString(POLICY),
  storeDeadline: deadline,
  firstStoreDeadline: deadline,
});
gate.protect(api);

const elsewhere = new Stack(app, 'Elsewhere');
const http = new HttpApi(elsewhere, 'Api');
http.addRoutes({
  path: '/orders',
  methods: [HttpMethod.GET],
  integration: new HttpUrlIntegration('Orders', 'https://orders.example.com'),
});
gate.protect(http);
new CfnOutput(elsewhere, 'HttpApiId', { value: http.apiId });

new CfnOutput(stack, 'GateName', { value: gate.gateName });
new CfnOutput(stack, 'ApiId', { value: api.restApiId });
new CfnOutput(stack, 'StageName', { value: api.deploymentStage.stageName });
