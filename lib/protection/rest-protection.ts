import { Annotations, Aspects, CfnResource, type IAspect, Lazy, Token } from 'aws-cdk-lib';
import {
  type CfnMethod,
  type CorsOptions,
  Deployment,
  Method,
  type RestApi,
  type Stage,
} from 'aws-cdk-lib/aws-apigateway';
import { Construct, type IConstruct } from 'constructs';
import type { ApiWithoutStage, DoctorApi } from '../../lambda/doctor/subjects.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { DeployError } from '../deploy-error.ts';
import { denyHazards } from './deny-hazards.ts';
import { GatewayResponses, responsesOf } from './gateway-responses.ts';
import { pathOf } from './owned-api.ts';
import { patternsOf } from './patterns-of.ts';
import type { ProtectedApi } from './protected-api.ts';
import { RestAuthorizer } from './rest-authorizer.ts';
import { sameToken } from './same-token.ts';
import { assemblyRoot, resourcesOfType } from './tree.ts';

export interface RestProtectionOptions {
  /**
   * The API has other authorizers, IAM authorization, a resource policy or its own `ACCESS_DENIED` response, and it is
   * understood that a 403 of theirs reads 429 (or, with its own response, that our denials read as that one says).
   *
   * @default false - such an API is an error that lists them
   */
  readonly sharedDeny?: boolean;
  /** CORS headers of the answers that API Gateway gives itself. @default - the API's `defaultCorsPreflightOptions` */
  readonly cors?: CorsOptions;
}

/** What Headgate adds to one REST API. It lives in the API's stack. */
export class RestProtection extends Construct implements ProtectedApi {
  readonly authorizer: RestAuthorizer;
  readonly responses: GatewayResponses;
  readonly api: RestApi;
  #sharedDeny: boolean;
  #everyMethod = false;

  constructor(api: RestApi, id: string, authorizer: AuthorizerFunction, options: RestProtectionOptions = {}) {
    super(api, id);
    this.api = api;
    this.#sharedDeny = options.sharedDeny ?? false;
    this.authorizer = new RestAuthorizer(this, 'Authorizer', {
      api,
      fn: authorizer.fn,
      gateName: authorizer.gateName,
    });
    this.responses = new GatewayResponses(this, 'Responses', { api, cors: options.cors, headers: authorizer.headers });
    this.node.addValidation({ validate: () => [...this.#sharedDenyErrors(), ...this.#collisionErrors()] });
    const aspect: IAspect = { visit: (node) => this.#visit(node) };
    Aspects.of(assemblyRoot(this)).add(aspect);
  }

  /** From now on every method without an authorizer, those that are added later too. */
  protectEveryMethod(options: RestProtectionOptions): void {
    this.#everyMethod = true;
    this.#sharedDeny ||= options.sharedDeny ?? false;
  }

  routes(): readonly (string | undefined)[] {
    return this.#methods()
      .filter((method) => this.#isOurs(method))
      .map(routeOf);
  }

  examined(): DoctorApi | ApiWithoutStage {
    const stage: Stage | undefined = this.api.deploymentStage;
    const { restApiId: apiId } = this.api;
    if (stage === undefined) return { kind: 'rest', apiId };
    return {
      kind: 'rest',
      apiId,
      stage: stage.stageName,
      attached: false,
      ...(this.#sharedDeny && { sharedDeny: true }),
      ...(!this.#everyMethod && { routes: patternsOf(this.routes()) }),
    };
  }

  #visit(node: IConstruct): void {
    if (node instanceof Deployment && node.api === this.api) this.#redeploy(node);
    if (CfnResource.isCfnResource(node) && node.cfnResourceType === 'AWS::ApiGateway::Method') {
      const method = node as CfnMethod;
      if (this.#everyMethod && this.#onApi(method)) this.#attach(method);
    }
  }

  /** A stage serves its deployment's snapshot: what we change must make a new one, after all of it is there. */
  #redeploy(deployment: Deployment): void {
    deployment.addToLogicalId({ headgate: Lazy.any({ produce: () => this.#snapshot() }) });
    deployment.node.addDependency(this.authorizer, this.responses);
  }

  #snapshot(): unknown {
    return {
      authorizer: { id: this.authorizer.authorizerId, type: 'REQUEST', ttl: 0 },
      methods: this.#methods()
        .filter((method) => this.#isOurs(method))
        .map((method) => method.node.path)
        .sort(),
      responses: responsesOf(this.api).map((response) => [
        response.responseType,
        response.statusCode,
        response.responseParameters,
        response.responseTemplates,
      ]),
    };
  }

  #attach(method: CfnMethod): void {
    const { authorizationType } = method;
    if (method.httpMethod === 'OPTIONS' || this.#isOurs(method)) return;
    if (authorizationType === undefined || authorizationType === 'NONE') {
      method.authorizationType = this.authorizer.authorizationType;
      method.authorizerId = this.authorizer.authorizerId;
      return;
    }
    const type = Token.isUnresolved(authorizationType)
      ? 'an authorization type known at deployment only'
      : authorizationType;
    Annotations.of(method).addWarningV2(
      'headgate:AlreadyAuthorized',
      `${routeOf(method) ?? pathOf(method)} has ${type}, and a method has one authorizer: Headgate does not limit it.`,
    );
  }

  #methods(): CfnMethod[] {
    const all = resourcesOfType(this.api, 'AWS::ApiGateway::Method') as CfnMethod[];
    return all.filter((method) => this.#onApi(method));
  }

  #onApi(method: CfnMethod): boolean {
    return sameToken(this.api, method.restApiId, this.api.restApiId);
  }

  #isOurs(method: CfnMethod): boolean {
    return sameToken(this.api, method.authorizerId, this.authorizer.authorizerId);
  }

  #sharedDenyErrors(): string[] {
    if (this.#sharedDeny) return [];
    const hazards = denyHazards(this.api, this.authorizer.authorizerId);
    if (this.responses.kept.includes('ACCESS_DENIED')) hazards.push("the API's own ACCESS_DENIED gateway response");
    if (hazards.length === 0) return [];
    const message = `"${this.api.node.path}" has others who deny: ${hazards.join('; ')}. The status of ACCESS_DENIED is one for the whole API, so their 403 would read 429.`;
    return [new DeployError('sharedDeny', `${message} If that is fine: protect(api, { sharedDeny: true }).`).message];
  }

  #collisionErrors(): string[] {
    const all = responsesOf(this.api).map(({ responseType }) => responseType);
    const twice = [...new Set(all.filter((type, index) => all.indexOf(type) !== index))];
    const message = `"${this.api.node.path}" has two gateway responses for`;
    const mend = 'Make your own before protect(api), which then keeps it, or leave it out.';
    return twice.map((type) => new DeployError('responseTaken', `${message} ${type}. ${mend}`).message);
  }
}

/** `GET /notes/{id}`, or undefined where a raw CfnMethod does not tell its path. */
function routeOf(cfnMethod: CfnMethod): string | undefined {
  const method = cfnMethod.node.scope;
  const path = method instanceof Method ? method.resource.path : undefined;
  return path === undefined || Token.isUnresolved(path) || Token.isUnresolved(cfnMethod.httpMethod)
    ? undefined
    : `${cfnMethod.httpMethod} ${path}`;
}
