import * as sdk from '@aws-sdk/client-api-gateway';

/** One REST API as a control plane holds it, in memory: refuses what AWS refuses, and serves snapshots. */
export interface FakeMethod {
  authorizationType: string;
  authorizerId?: string;
  authorizationScopes?: string[];
  apiKeyRequired: boolean;
  methodIntegration?: Record<string, unknown>;
}

export interface FakeResponse {
  statusCode?: string;
  responseParameters: Record<string, string>;
  responseTemplates: Record<string, string>;
}

export interface FakeAuthorizer {
  id: string;
  name: string;
  type: string;
  authorizerUri: string;
  authorizerResultTtlInSeconds: number;
  identitySource?: string;
}

/** What a deployment takes a snapshot of. */
export interface FakeConfig {
  /** By path, then method. */
  resources: Record<string, Record<string, FakeMethod>>;
  authorizers: FakeAuthorizer[];
  responses: Record<string, FakeResponse>;
}

export interface FakeStage {
  deploymentId?: string;
  canarySettings?: { deploymentId?: string; percentTraffic?: number };
  accessLogSettings?: { destinationArn?: string; format?: string };
}

type Input = Record<string, never> & { [name: string]: unknown };

export class ServiceError extends Error {
  readonly $metadata: { httpStatusCode: number };
  constructor(name: string, message: string, httpStatusCode: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

const notFound = (what: string) => new ServiceError('NotFoundException', `Invalid ${what} identifier specified`, 404);
const badRequest = (why: string) => new ServiceError('BadRequestException', why, 400);
const conflict = (why: string) => new ServiceError('ConflictException', why, 409);

export class FakeRestApi {
  readonly id = 'abc123';
  exists = true;
  policy?: string;
  /** Where keys of methods that require one come from. */
  apiKeySource: 'HEADER' | 'AUTHORIZER' = 'HEADER';
  config: FakeConfig = { resources: {}, authorizers: [], responses: {} };
  readonly deployments = new Map<string, { description?: string; snapshot: FakeConfig }>();
  readonly stages = new Map<string, FakeStage>();
  /** Whether the account has a role for logs. */
  logRole = true;
  /** Whether exports can be made. */
  exports = true;
  /** Called before every change that takes effect; may throw. */
  beforeChange: (operation: string) => void = () => {};
  /** Called after it; may throw, as where an answer is lost. */
  afterChange: (operation: string) => void = () => {};
  /** Names of all calls, in their order. */
  readonly calls: string[] = [];
  #next = 1;

  newId(prefix: string): string {
    return `${prefix}${this.#next++}`;
  }

  /** What the owner does: deploys the API as it is to a stage. */
  deploy(stage: string, description?: string): string {
    const id = this.newId('d');
    this.deployments.set(id, {
      ...(description !== undefined && { description }),
      snapshot: structuredClone(this.config),
    });
    this.stages.set(stage, { ...this.stages.get(stage), deploymentId: id });
    return id;
  }

  /** What a stage serves. */
  served(stage: string): FakeConfig | undefined {
    return this.deployments.get(this.stages.get(stage)?.deploymentId ?? '')?.snapshot;
  }

  method(route: string): FakeMethod {
    const [method = '', path = ''] = route.split(' ');
    const found = this.config.resources[path]?.[method];
    if (found === undefined) throw new Error(`no ${route}`);
    return found;
  }

  readonly client = {
    send: async (command: { readonly input: object }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      this.calls.push(operation);
      const input = command.input as Input;
      if (!this.exists || (input.restApiId as unknown) !== this.id) throw notFound('API');
      const isChange = !operation.startsWith('Get');
      if (isChange) this.beforeChange(operation);
      const answer = this.#answer(command, input);
      if (isChange) this.afterChange(operation);
      return structuredClone(answer);
    },
  } as unknown as Pick<sdk.APIGatewayClient, 'send'>;

  #answer(command: unknown, input: Input): unknown {
    const { config, deployments, stages } = this;
    const stageName = input.stageName as unknown as string;
    const deploymentId = input.deploymentId as unknown as string;
    const patch = (input.patchOperations ?? []) as readonly sdk.PatchOperation[];

    if (command instanceof sdk.GetRestApiCommand) {
      return { id: this.id, policy: this.policy, apiKeySource: this.apiKeySource };
    }
    if (command instanceof sdk.GetStageCommand) return { stageName, ...this.#stage(stageName) };
    if (command instanceof sdk.GetStagesCommand) {
      return { item: [...stages].map(([name, stage]) => ({ stageName: name, ...stage })) };
    }
    if (command instanceof sdk.GetResourcesCommand) return this.#resources(input.position as unknown as string);
    if (command instanceof sdk.GetAuthorizersCommand) return { items: config.authorizers };
    if (command instanceof sdk.GetGatewayResponsesCommand) {
      const own = Object.entries(config.responses).map(([responseType, one]) => ({
        responseType,
        ...one,
        defaultResponse: false,
      }));
      return { items: [...own, { responseType: 'UNAUTHORIZED', defaultResponse: true, statusCode: '401' }] };
    }
    if (command instanceof sdk.GetDeploymentCommand) {
      const { description, snapshot } = this.#deployment(deploymentId);
      return { id: deploymentId, description, apiSummary: summaryOf(snapshot) };
    }
    if (command instanceof sdk.GetDeploymentsCommand) {
      return { items: [...deployments].map(([id, { description }]) => ({ id, description })) };
    }
    if (command instanceof sdk.GetExportCommand) {
      const { deploymentId: serving } = this.#stage(stageName);
      if (!this.exports || serving === undefined) throw badRequest('Unable to export');
      return { body: Buffer.from(JSON.stringify(exportOf(this.#deployment(serving).snapshot))) };
    }
    if (command instanceof sdk.CreateAuthorizerCommand) {
      const { name, type, authorizerUri, authorizerResultTtlInSeconds = 300, identitySource } = command.input;
      if (config.authorizers.some((one) => one.name === name)) throw conflict('Authorizer name must be unique');
      const id = this.newId('a');
      const made = { id, name, type, authorizerUri, authorizerResultTtlInSeconds, identitySource } as FakeAuthorizer;
      config.authorizers.push(made);
      return made;
    }
    if (command instanceof sdk.UpdateAuthorizerCommand) {
      const found = this.#authorizer(command.input.authorizerId);
      for (const { path = '', value = '' } of patch) {
        const name = path.slice(1);
        Object.assign(found, { [name]: name === 'authorizerResultTtlInSeconds' ? Number(value) : value });
      }
      return found;
    }
    if (command instanceof sdk.DeleteAuthorizerCommand) {
      const { id } = this.#authorizer(command.input.authorizerId);
      if (this.#methods().some(({ authorizerId }) => authorizerId === id)) throw conflict('Cannot delete authorizer');
      config.authorizers = config.authorizers.filter((one) => one.id !== id);
      return {};
    }
    if (command instanceof sdk.UpdateMethodCommand) return this.#updateMethod(command.input, patch);
    if (command instanceof sdk.PutGatewayResponseCommand) {
      const { responseType = '', statusCode, responseParameters = {}, responseTemplates = {} } = command.input;
      const made = { ...(statusCode !== undefined && { statusCode }), responseParameters, responseTemplates };
      config.responses[responseType] = made;
      return made;
    }
    if (command instanceof sdk.DeleteGatewayResponseCommand) {
      const type = command.input.responseType ?? '';
      if (!(type in config.responses)) throw notFound('gateway response');
      delete config.responses[type];
      return {};
    }
    if (command instanceof sdk.CreateDeploymentCommand) {
      const id = this.newId('d');
      const { description } = command.input;
      deployments.set(id, { ...(description !== undefined && { description }), snapshot: structuredClone(config) });
      if (stageName !== undefined) stages.set(stageName, { ...stages.get(stageName), deploymentId: id });
      return { id };
    }
    if (command instanceof sdk.DeleteDeploymentCommand) {
      this.#deployment(deploymentId);
      const active = [...stages.values()].some((stage) => stage.deploymentId === deploymentId);
      if (active) throw badRequest('Active stages pointing to this deployment must be moved or deleted');
      deployments.delete(deploymentId);
      return {};
    }
    if (command instanceof sdk.UpdateStageCommand) {
      const stage = this.#stage(stageName);
      for (const { op, path, value } of patch) {
        const log = /^\/accessLogSettings(?:\/(destinationArn|format))?$/.exec(path ?? '');
        if (log !== null) {
          if (op === 'replace' && !this.logRole) throw badRequest('CloudWatch Logs role ARN must be set in account');
          if (op === 'remove' && log[1] === undefined) delete stage.accessLogSettings;
          else if (op === 'replace' && log[1] !== undefined) {
            stage.accessLogSettings = { ...stage.accessLogSettings, [log[1]]: value! };
          } else throw badRequest('unknown patch');
          continue;
        }
        if (path !== '/deploymentId' || value === undefined) throw badRequest('unknown patch');
        this.#deployment(value);
        stage.deploymentId = value;
      }
      return stage;
    }
    throw new Error(`the fake does not know ${(command as object).constructor.name}`);
  }

  /** Two to a page. */
  #resources(position: string | undefined): unknown {
    const from = Number(position ?? 0);
    const all = Object.entries(this.config.resources);
    const items = all.slice(from, from + 2).map(([path, methods]) => ({
      id: `r:${path}`,
      path,
      ...(Object.keys(methods).length > 0 && { resourceMethods: methods }),
    }));
    return { items, ...(from + 2 < all.length && { position: String(from + 2) }) };
  }

  #updateMethod(input: sdk.UpdateMethodCommandInput, patch: readonly sdk.PatchOperation[]): FakeMethod {
    const methods = this.config.resources[(input.resourceId ?? '').slice(2)];
    const method = methods?.[input.httpMethod ?? ''];
    if (method === undefined) throw notFound('Method');
    const next: FakeMethod = { ...method, authorizationScopes: [...(method.authorizationScopes ?? [])] };
    for (const { op, path = '', value = '' } of patch) {
      const scopes = next.authorizationScopes ?? [];
      if (path === '/authorizationType') next.authorizationType = value;
      else if (path === '/authorizerId') next.authorizerId = value;
      else if (path === '/authorizationScopes' && op === 'add') scopes.push(value);
      else if (path === '/authorizationScopes') next.authorizationScopes = scopes.filter((one) => one !== value);
      else throw badRequest(`unknown patch ${path}`);
    }
    const withAuthorizer = next.authorizationType === 'CUSTOM' || next.authorizationType === 'COGNITO_USER_POOLS';
    const known = this.config.authorizers.some(({ id }) => id === next.authorizerId);
    if (withAuthorizer && !known) throw badRequest('Invalid authorizer ID specified');
    if (!withAuthorizer) delete next.authorizerId;
    if (next.authorizationScopes?.length === 0) delete next.authorizationScopes;
    methods![input.httpMethod ?? ''] = next;
    return next;
  }

  #methods(): FakeMethod[] {
    return Object.values(this.config.resources).flatMap((methods) => Object.values(methods));
  }

  #stage(name: string): FakeStage {
    const stage = this.stages.get(name);
    if (stage === undefined) throw notFound('Stage');
    return stage;
  }

  #deployment(id: string): { description?: string; snapshot: FakeConfig } {
    const deployment = this.deployments.get(id);
    if (deployment === undefined) throw notFound('Deployment');
    return deployment;
  }

  #authorizer(id: string | undefined): FakeAuthorizer {
    const found = this.config.authorizers.find((one) => one.id === id);
    if (found === undefined) throw notFound('Authorizer');
    return found;
  }
}

function summaryOf({ resources }: FakeConfig): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(resources).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, { authorizationType, apiKeyRequired }]) => [
          method,
          { authorizationType, apiKeyRequired },
        ]),
      ),
    ]),
  );
}

/** In the form in which API Gateway exports a stage. */
function exportOf({ resources, authorizers, responses }: FakeConfig): unknown {
  const operation = ({ authorizerId, methodIntegration, apiKeyRequired }: FakeMethod) => {
    const name = authorizers.find(({ id }) => id === authorizerId)?.name;
    return {
      responses: {},
      ...((name !== undefined || apiKeyRequired) && {
        security: [{ ...(name !== undefined && { [name]: [] }), ...(apiKeyRequired && { api_key: [] }) }],
      }),
      ...(methodIntegration && { 'x-amazon-apigateway-integration': exportedIntegration(methodIntegration) }),
    };
  };
  const name = (method: string) => (method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase());
  return {
    openapi: '3.0.1',
    paths: Object.fromEntries(
      Object.entries(resources).map(([path, methods]) => [
        path,
        Object.fromEntries(Object.entries(methods).map(([method, one]) => [name(method), operation(one)])),
      ]),
    ),
    components: {
      securitySchemes: Object.fromEntries(
        authorizers.map((one) => [
          one.name,
          { type: 'apiKey', 'x-amazon-apigateway-authorizer': { authorizerUri: one.authorizerUri } },
        ]),
      ),
    },
    'x-amazon-apigateway-gateway-responses': Object.fromEntries(
      Object.entries(responses).map(([type, { statusCode, ...one }]) => [
        type,
        { ...one, ...(statusCode !== undefined && { statusCode: Number(statusCode) }) },
      ]),
    ),
  };
}

function exportedIntegration(integration: Record<string, unknown>): Record<string, unknown> {
  const { integrationResponses, type, ...rest } = integration;
  const responses = Object.values((integrationResponses ?? {}) as Record<string, Record<string, unknown>>).map(
    ({ selectionPattern, ...one }) => [selectionPattern || 'default', one],
  );
  return {
    ...rest,
    type: String(type).toLowerCase(),
    passthroughBehavior: 'when_no_match',
    responses: Object.fromEntries(responses),
  };
}
