import type { AccessLogs } from '../access-log.ts';

/** What is read of a REST API, in the few words that attaching needs. */
export interface RestState {
  readonly apiId: string;
  readonly hasResourcePolicy: boolean;
  /** Its methods' API keys come from their authorizers instead of a header (`apiKeySource`). */
  readonly keysFromAuthorizer: boolean;
  /** Absent: there is no stage of the target's name. */
  readonly stage?: RestStage;
  readonly accessLogs: AccessLogs;
  /** In the order of their paths and methods. */
  readonly methods: readonly RestMethod[];
  readonly authorizers: readonly RestAuthorizer[];
  /** Gateway responses that the API has customized, by type. */
  readonly responses: ReadonlyMap<string, RestResponse>;
  /** What the stage serves. Absent: it serves nothing yet. */
  readonly snapshot?: RestSnapshot;
}

export interface RestStage {
  readonly deploymentId?: string;
  /** A canary release is under way. */
  readonly canary: boolean;
}

export interface RestMethod {
  /** `POST /notes`; `ANY` where the API says so. */
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly resourceId: string;
  /** `NONE`, `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS`. */
  readonly authorizationType: string;
  /** Only where the type is one with an authorizer. */
  readonly authorizerId?: string;
  readonly scopes: readonly string[];
  readonly apiKeyRequired: boolean;
  /** As API Gateway gives it. */
  readonly integration?: unknown;
}

export interface RestAuthorizer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly uri: string;
  /** Seconds. */
  readonly ttl: number;
  readonly identitySource: string;
}

export interface RestResponse {
  readonly statusCode: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

/** What a deployment tells of the API that it has taken. Either source may be missing. */
export interface RestSnapshot {
  /** By route. */
  readonly summary?: ReadonlyMap<string, { readonly authorizationType: string; readonly apiKeyRequired: boolean }>;
  readonly exported?: ExportedApi;
}

/** The stage's export (OpenAPI 3 with API Gateway's extensions). */
export interface ExportedApi {
  /** By route. */
  readonly operations: ReadonlyMap<string, ExportedOperation>;
  /** URI of the function by the authorizer's name, where the export has it. */
  readonly authorizerUris: ReadonlyMap<string, string>;
  /** Absent: this export does not tell. */
  readonly responses?: ReadonlyMap<string, RestResponse>;
}

export interface ExportedOperation {
  /** Names of the authorizers that the operation asks. */
  readonly security: readonly string[];
  readonly integration?: unknown;
}
