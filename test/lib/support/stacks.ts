import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Cors, MockIntegration, RestApi, type RestApiProps } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, type HttpApiProps, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Headgate, type HeadgateProps, RateLimitPolicy } from '../../../lib/index.ts';

/** Stand-ins for the built handlers: a template does not depend on what is in them. */
export const HANDLERS = path.join(__dirname, 'handlers');

export const POLICY = `
identify: [{ apiKey: x-api-key }]
tiers: [free, gold]
limits:
  client:
    per: client
    rate: { free: 60/minute, gold: 1000/minute }
`;

export function newStack(id = 'Stack', app = new App()): Stack {
  return new Stack(app, id);
}

/** Without what examines and shows the gate, unless asked for: it has functions, roles, alarms and logs of its own. */
export function gateIn(stack: Stack, props: Partial<HeadgateProps> = {}, id = 'Headgate'): Headgate {
  const policy = RateLimitPolicy.fromString(POLICY);
  const quiet = { doctor: false, accessLogs: false, dashboard: false, report: false } as const;
  return new Headgate(stack, id, { policy, handlers: HANDLERS, ...quiet, ...props });
}

/** A REST API with `GET /` and `POST /login`. */
export function restApiIn(stack: Stack, props: RestApiProps = {}, id = 'Rest'): RestApi {
  const api = new RestApi(stack, id, { cloudWatchRole: false, ...props });
  api.root.addMethod('GET', new MockIntegration());
  api.root.addResource('login').addMethod('POST', new MockIntegration());
  return api;
}

export const WITH_CORS: RestApiProps = { defaultCorsPreflightOptions: { allowOrigins: Cors.ALL_ORIGINS } };
/** An integration belongs to one API. */
export const urlIntegration = () => new HttpUrlIntegration('Url', 'https://backend.example.com');

/** An HTTP API with `GET /` and `POST /login`. */
export function httpApiIn(stack: Stack, props: HttpApiProps = {}, id = 'Http'): HttpApi {
  const api = new HttpApi(stack, id, props);
  const integration = urlIntegration();
  api.addRoutes({ path: '/', methods: [HttpMethod.GET], integration });
  api.addRoutes({ path: '/login', methods: [HttpMethod.POST], integration });
  return api;
}

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON, and a test that misreads it fails.
export type Properties = Record<string, any>;

/** The properties of all resources of a type, by logical id. */
export function resources(stack: Stack, type: string): Record<string, Properties> {
  const found = Template.fromStack(stack).findResources(type);
  return Object.fromEntries(Object.entries(found).map(([id, resource]) => [id, resource.Properties ?? {}]));
}

/** The properties of the one resource of a type. */
export function onlyResource(stack: Stack, type: string): Properties {
  const all = Object.values(resources(stack, type));
  if (all.length !== 1) throw new Error(`${all.length} resources of type ${type}`);
  return all[0]!;
}

/** The texts of a stack's warnings that begin with `headgate:` as their id. */
export function warnings(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('headgate:'))
    .map(({ entry }) => String(entry.data));
}

export function deploymentId(stack: Stack): string {
  return Object.keys(Template.fromStack(stack).findResources('AWS::ApiGateway::Deployment'))[0]!;
}
