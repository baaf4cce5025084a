import * as sdk from '@aws-sdk/client-apigatewayv2';
import { ServiceError } from '../support/fake-rest-api.ts';

/** One HTTP API as a control plane holds it, in memory: refuses what AWS refuses, and serves snapshots. */
export interface FakeRoute {
  RouteId: string;
  RouteKey: string;
  Target?: string;
  AuthorizationType: string;
  AuthorizerId?: string;
  AuthorizationScopes?: string[];
}

export interface FakeIntegration {
  IntegrationId: string;
  IntegrationType: string;
  IntegrationUri: string;
  IntegrationSubtype?: string;
  RequestParameters?: Record<string, string>;
  ResponseParameters?: Record<string, Record<string, string>>;
}

export interface FakeAuthorizer {
  AuthorizerId: string;
  Name: string;
  AuthorizerType: string;
  AuthorizerUri?: string;
  AuthorizerResultTtlInSeconds?: number;
  IdentitySource?: string[];
  JwtConfiguration?: { Issuer: string; Audience: string[] };
}

/** What a deployment takes a snapshot of. */
export interface FakeConfig {
  routes: FakeRoute[];
  integrations: FakeIntegration[];
  authorizers: FakeAuthorizer[];
  cors?: Record<string, unknown>;
}

const notFound = (what: string) => new ServiceError('NotFoundException', `Invalid ${what} identifier specified`, 404);
const badRequest = (why: string) => new ServiceError('BadRequestException', why, 400);
const conflict = (why: string) => new ServiceError('ConflictException', why, 409);

export interface FakeStage {
  AutoDeploy: boolean;
  DeploymentId?: string;
  AccessLogSettings?: { DestinationArn?: string | undefined; Format?: string | undefined };
}

export class FakeHttpApi {
  readonly id = 'h77p';
  exists = true;
  protocol = 'HTTP';
  config: FakeConfig = { routes: [], integrations: [], authorizers: [] };
  readonly deployments = new Map<string, { Description?: string; snapshot: FakeConfig }>();
  readonly stages = new Map<string, FakeStage>();
  /** Whether the caller may set up the delivery of logs. */
  logDelivery = true;
  /** Whether the API can be exported. */
  exports = true;
  /** Called before every change that takes effect; may throw. */
  beforeChange: (operation: string) => void = () => {};
  /** Called after it; may throw, as where an answer is lost. */
  afterChange: (operation: string) => void = () => {};
  readonly calls: string[] = [];
  #next = 1;

  newId(prefix: string): string {
    return `${prefix}${this.#next++}`;
  }

  /** What the owner does: deploys the API as it is to a stage that does not do so by itself. */
  deploy(stage: string): string {
    const id = this.newId('d');
    this.deployments.set(id, { snapshot: structuredClone(this.config) });
    this.stages.set(stage, { ...this.stages.get(stage), AutoDeploy: false, DeploymentId: id });
    return id;
  }

  /** What a stage serves. */
  served(stage: string): FakeConfig | undefined {
    const found = this.stages.get(stage);
    return found?.AutoDeploy ? this.config : this.deployments.get(found?.DeploymentId ?? '')?.snapshot;
  }

  route(key: string): FakeRoute {
    const found = this.config.routes.find(({ RouteKey }) => RouteKey === key);
    if (found === undefined) throw new Error(`no ${key}`);
    return found;
  }

  integration(id: string): FakeIntegration {
    const found = this.config.integrations.find(({ IntegrationId }) => IntegrationId === id);
    if (found === undefined) throw notFound('Integration');
    return found;
  }

  readonly client = {
    send: async (command: { readonly input: object }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      this.calls.push(operation);
      if (!this.exists || (command.input as { ApiId: string }).ApiId !== this.id) throw notFound('API');
      const isChange = !/^(Get|Export)/.test(operation);
      if (isChange) this.beforeChange(operation);
      const answer = this.#answer(command);
      if (isChange) this.afterChange(operation);
      return structuredClone(answer);
    },
  } as unknown as Pick<sdk.ApiGatewayV2Client, 'send'>;

  #answer(command: unknown): unknown {
    const { config, stages } = this;
    if (command instanceof sdk.GetApiCommand) return { ApiId: this.id, ProtocolType: this.protocol };
    if (command instanceof sdk.GetStageCommand) return this.#stage(command.input.StageName);
    if (command instanceof sdk.GetStagesCommand) {
      const all = [...stages].map(([StageName, stage]) => ({ StageName, ...stage }));
      return page(all, command.input.NextToken);
    }
    if (command instanceof sdk.GetRoutesCommand) return page(config.routes, command.input.NextToken);
    if (command instanceof sdk.GetIntegrationsCommand) return page(config.integrations, command.input.NextToken);
    if (command instanceof sdk.GetIntegrationCommand) return this.integration(command.input.IntegrationId ?? '');
    if (command instanceof sdk.GetAuthorizersCommand) return page(config.authorizers, command.input.NextToken);
    if (command instanceof sdk.GetDeploymentCommand) {
      const { Description } = this.#deployment(command.input.DeploymentId);
      return { DeploymentId: command.input.DeploymentId, Description, DeploymentStatus: 'DEPLOYED' };
    }
    if (command instanceof sdk.GetDeploymentsCommand) {
      const all = [...this.deployments].map(([DeploymentId, { Description }]) => ({ DeploymentId, Description }));
      return page(all, command.input.NextToken);
    }
    if (command instanceof sdk.ExportApiCommand) return this.#export(command.input.StageName);
    if (command instanceof sdk.CreateAuthorizerCommand) return this.#createAuthorizer(command.input);
    if (command instanceof sdk.UpdateAuthorizerCommand) {
      const { ApiId: _, AuthorizerId, ...change } = command.input;
      return Object.assign(this.#authorizer(AuthorizerId), change);
    }
    if (command instanceof sdk.DeleteAuthorizerCommand) {
      const { AuthorizerId } = this.#authorizer(command.input.AuthorizerId);
      if (config.routes.some((route) => route.AuthorizerId === AuthorizerId))
        throw conflict('Cannot delete authorizer');
      config.authorizers = config.authorizers.filter((one) => one.AuthorizerId !== AuthorizerId);
      return {};
    }
    if (command instanceof sdk.UpdateRouteCommand) return this.#updateRoute(command.input);
    if (command instanceof sdk.UpdateIntegrationCommand) return this.#updateIntegration(command.input);
    if (command instanceof sdk.CreateDeploymentCommand) {
      const DeploymentId = this.newId('d');
      const { Description = '' } = command.input;
      this.deployments.set(DeploymentId, { Description, snapshot: structuredClone(config) });
      return { DeploymentId, DeploymentStatus: 'PENDING' };
    }
    if (command instanceof sdk.DeleteDeploymentCommand) {
      const { DeploymentId = '' } = command.input;
      this.#deployment(DeploymentId);
      if ([...stages.values()].some((stage) => stage.DeploymentId === DeploymentId)) throw badRequest('in use');
      this.deployments.delete(DeploymentId);
      return {};
    }
    if (command instanceof sdk.UpdateStageCommand) {
      const stage = this.#stage(command.input.StageName);
      const { DeploymentId = '', AccessLogSettings } = command.input;
      if (AccessLogSettings !== undefined) {
        if (!this.logDelivery) throw new ServiceError('AccessDeniedException', 'Insufficient permissions', 403);
        return Object.assign(stage, { AccessLogSettings });
      }
      this.#deployment(DeploymentId);
      if (stage.AutoDeploy) throw badRequest('Deployment ID cannot be set because AutoDeploy is enabled');
      return Object.assign(stage, { DeploymentId });
    }
    if (command instanceof sdk.DeleteAccessLogSettingsCommand) {
      delete this.#stage(command.input.StageName).AccessLogSettings;
      return {};
    }
    throw new Error(`the fake does not know ${(command as object).constructor.name}`);
  }

  #createAuthorizer({ ApiId: _, ...input }: sdk.CreateAuthorizerCommandInput): FakeAuthorizer {
    if (this.config.authorizers.some((one) => one.Name === input.Name))
      throw badRequest('Authorizer name must be unique');
    if (this.config.authorizers.length >= 10) throw conflict('Too many authorizers');
    const made = { AuthorizerId: this.newId('a'), ...input } as FakeAuthorizer;
    this.config.authorizers.push(made);
    return made;
  }

  #updateRoute({ RouteId, ApiId: _, ...change }: sdk.UpdateRouteCommandInput): FakeRoute {
    const route = this.config.routes.find((one) => one.RouteId === RouteId);
    if (route === undefined) throw notFound('Route');
    if (change.AuthorizerId && change.AuthorizationType === undefined)
      throw badRequest('Authorizer type is invalid or null');
    const next = { ...route, ...change } as FakeRoute;
    if (next.AuthorizationType === 'NONE' || next.AuthorizationType === 'AWS_IAM') delete next.AuthorizerId;
    else if (!this.config.authorizers.some((one) => one.AuthorizerId === next.AuthorizerId)) {
      throw badRequest('Invalid authorizer ID specified');
    }
    if (next.AuthorizationScopes?.length && next.AuthorizationType === 'CUSTOM') throw badRequest('scopes need JWT');
    for (const key of Object.keys(route)) delete (route as unknown as Record<string, unknown>)[key];
    return Object.assign(route, next, next.AuthorizationScopes?.length === 0 && { AuthorizationScopes: undefined });
  }

  /** Merges by status code; `{}` takes one away. Parameters of a call of an AWS service have to be said again. */
  #updateIntegration(input: sdk.UpdateIntegrationCommandInput): FakeIntegration {
    const found = this.integration(input.IntegrationId ?? '');
    if (input.IntegrationType !== found.IntegrationType) throw badRequest('Integration type is needed');
    if (found.IntegrationSubtype && input.RequestParameters === undefined) throw badRequest('Missing parameters');
    const merged = { ...found.ResponseParameters, ...input.ResponseParameters };
    const kept = Object.entries(merged).filter(([, mapping]) => Object.keys(mapping ?? {}).length > 0);
    if (kept.length === 0) delete found.ResponseParameters;
    else found.ResponseParameters = Object.fromEntries(kept) as Record<string, Record<string, string>>;
    return found;
  }

  #export(stage: string | undefined): unknown {
    if (!this.exports) throw badRequest('Unable to export');
    const config = stage === undefined ? this.config : this.served(stage);
    if (config === undefined) throw badRequest('nothing is deployed');
    return { body: Buffer.from(JSON.stringify(exportOf(config))) };
  }

  #stage(name: string | undefined): FakeStage {
    const stage = this.stages.get(name ?? '');
    if (stage === undefined) throw notFound('Stage');
    return stage;
  }

  #deployment(id: string | undefined): { Description?: string; snapshot: FakeConfig } {
    const deployment = this.deployments.get(id ?? '');
    if (deployment === undefined) throw notFound('Deployment');
    return deployment;
  }

  #authorizer(id: string | undefined): FakeAuthorizer {
    const found = this.config.authorizers.find((one) => one.AuthorizerId === id);
    if (found === undefined) throw notFound('Authorizer');
    return found;
  }
}

/** Two to a page. */
function page<T>(all: readonly T[], token: string | undefined): { Items: T[]; NextToken?: string } {
  const from = Number(token ?? 0);
  return { Items: all.slice(from, from + 2), ...(from + 2 < all.length && { NextToken: String(from + 2) }) };
}

/** In the form in which API Gateway exports an HTTP API; integrations that routes share stand among the components. */
function exportOf({ routes, integrations, authorizers, cors }: FakeConfig): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const [method = '', path = ''] = route.RouteKey === '$default' ? ['ANY', '/$default'] : route.RouteKey.split(' ');
    const name = authorizers.find((one) => one.AuthorizerId === route.AuthorizerId)?.Name;
    const id = route.Target?.replace('integrations/', '');
    const isShared = routes.filter(({ Target }) => Target === route.Target).length > 1;
    paths[path] ??= {};
    paths[path][method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase()] = {
      responses: { default: { description: `Default response for ${route.RouteKey}` } },
      ...(name !== undefined && { security: [{ [name]: route.AuthorizationScopes ?? [] }] }),
      ...(route.AuthorizationType === 'AWS_IAM' && { 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } }),
      'x-amazon-apigateway-integration': isShared
        ? { $ref: `#/components/x-amazon-apigateway-integrations/${id}` }
        : exported(integrations.find(({ IntegrationId }) => IntegrationId === id)),
    };
  }
  return {
    openapi: '3.0.1',
    info: { title: 'shop', version: new Date(0).toISOString() },
    servers: [{ url: 'https://h77p.execute-api.eu-central-1.amazonaws.com/{basePath}' }],
    paths,
    components: {
      securitySchemes: Object.fromEntries(authorizers.map(({ Name, AuthorizerId: _, ...one }) => [Name, one])),
      'x-amazon-apigateway-integrations': Object.fromEntries(
        integrations.map((one) => [one.IntegrationId, exported(one)]),
      ),
    },
    ...(cors && { 'x-amazon-apigateway-cors': cors }),
  };
}

function exported(integration: FakeIntegration | undefined): unknown {
  if (integration === undefined) return undefined;
  const { IntegrationType: type, IntegrationUri: uri, ResponseParameters: responseParameters } = integration;
  return { type, uri, ...(responseParameters && { responseParameters }), payloadFormatVersion: '2.0' };
}
