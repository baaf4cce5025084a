import { Annotations, Aspects, CfnResource, type IAspect, Stack, Token } from 'aws-cdk-lib';
import type { CfnRoute, CfnStage, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct, type IConstruct } from 'constructs';
import type { ApiWithoutStage, DoctorApi } from '../../lambda/doctor/subjects.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { DeployError } from '../deploy-error.ts';
import { HttpAuthorizer } from './http-authorizer.ts';
import { pathOf } from './owned-api.ts';
import { patternsOf } from './patterns-of.ts';
import type { ProtectedApi } from './protected-api.ts';
import { sameToken } from './same-token.ts';
import { assemblyRoot, resourcesOfType } from './tree.ts';

export interface HttpProtectionOptions {
  /**
   * What becomes of a request over a limit. An HTTP API's authorizer can only answer 403 (`forbidden`). With `middleware`
   * the request reaches the backend with the verdict, and `headgate/middleware` there answers 429: choose it only where
   * every integration of the API has the middleware, since nothing else stops the request then.
   *
   * @default 'forbidden'
   */
  readonly deny?: 'forbidden' | 'middleware';
}

/** What Headgate adds to one HTTP API. It lives in the API's stack. */
export class HttpProtection extends Construct implements ProtectedApi {
  readonly authorizer: HttpAuthorizer;
  readonly api: HttpApi;
  readonly #authorizerFunction: AuthorizerFunction;
  #everyRoute = false;
  #deny?: 'forbidden' | 'middleware';

  constructor(api: HttpApi, id: string, authorizerFunction: AuthorizerFunction) {
    super(api, id);
    this.api = api;
    this.#authorizerFunction = authorizerFunction;
    this.authorizer = new HttpAuthorizer(this, 'Authorizer', {
      api,
      fn: authorizerFunction.fn,
      gateName: authorizerFunction.gateName,
    });
    const aspect: IAspect = { visit: (node) => this.#visit(node) };
    Aspects.of(assemblyRoot(this)).add(aspect);
  }

  /** From now on every route without an authorizer, those that are added later too. */
  protectEveryRoute(options: HttpProtectionOptions): void {
    this.#everyRoute = true;
    if (options.deny !== undefined) this.#deny = options.deny;
    if (options.deny !== 'middleware') return;
    if (Stack.of(this.api) !== Stack.of(this.#authorizerFunction)) {
      const message = `deny: 'middleware' on "${this.api.node.path}": the function would have to know the API's id and the API the function's, in two stacks that then depend on each other.`;
      throw new DeployError('softDenyAcrossStacks', `${message} Put the gate into the API's stack.`);
    }
    this.#authorizerFunction.allowSoftDeny(this.api.apiId);
  }

  routes(): readonly (string | undefined)[] {
    return (resourcesOfType(this.api, 'AWS::ApiGatewayV2::Route') as CfnRoute[])
      .filter((route) => this.#onApi(route) && this.#isOurs(route))
      .map(({ routeKey }) => (Token.isUnresolved(routeKey) ? undefined : routeKey));
  }

  examined(): DoctorApi | ApiWithoutStage {
    const stage = this.api.defaultStage;
    const { apiId } = this.api;
    if (stage === undefined) return { kind: 'http', apiId };
    return {
      kind: 'http',
      apiId,
      stage: stage.stageName,
      attached: false,
      ...(this.#deny !== undefined && { deny: this.#deny }),
      ...(!this.#everyRoute && { routes: patternsOf(this.routes()) }),
    };
  }

  #visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node)) return;
    if (node.cfnResourceType === 'AWS::ApiGatewayV2::Route') {
      const route = node as CfnRoute;
      if (this.#everyRoute && this.#onApi(route)) this.#attach(route);
    }
    if (node.cfnResourceType === 'AWS::ApiGatewayV2::Stage') this.#checkStage(node as CfnStage);
  }

  #attach(route: CfnRoute): void {
    const { authorizationType, routeKey } = route;
    if (/^OPTIONS\b/.test(routeKey) || this.#isOurs(route)) return;
    if (authorizationType === undefined || authorizationType === 'NONE') {
      route.authorizationType = 'CUSTOM';
      route.authorizerId = this.authorizer.authorizerId;
      return;
    }
    const type = Token.isUnresolved(authorizationType)
      ? 'an authorization type known at deployment only'
      : authorizationType;
    const name = Token.isUnresolved(routeKey) ? pathOf(route) : routeKey;
    Annotations.of(route).addWarningV2(
      'headgate:AlreadyAuthorized',
      `${name} has ${type}, and a route has one authorizer: Headgate does not limit it.`,
    );
  }

  #checkStage(stage: CfnStage): void {
    if (!this.#onApi(stage) || stage.autoDeploy === true) return;
    Annotations.of(stage).addWarningV2(
      'headgate:NoAutoDeploy',
      'This stage does not deploy by itself: it stays unprotected until a new deployment of the API is made.',
    );
  }

  #onApi(resource: { readonly apiId: string }): boolean {
    return sameToken(this.api, resource.apiId, this.api.apiId);
  }

  #isOurs(route: CfnRoute): boolean {
    return sameToken(this.api, route.authorizerId, this.authorizer.authorizerId);
  }
}
