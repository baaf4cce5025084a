import type { AccessLogs } from '../access-log.ts';
import type { ExportedHttpApi } from './exported-api.ts';
import type { ResponseParameters } from './header-mappings.ts';

/** An HTTP API as far as attaching is concerned. */
export interface HttpState {
  readonly apiId: string;
  /** `HTTP`; `WEBSOCKET` APIs have the same calls. */
  readonly protocol: string;
  readonly stage?: HttpStage;
  readonly accessLogs: AccessLogs;
  readonly routes: readonly HttpRoute[];
  readonly authorizers: readonly HttpAuthorizer[];
  readonly integrations: readonly HttpIntegration[];
  /** Where the stage serves a snapshot: what that is, and what the next one would be. Each as far as it can be told. */
  readonly exports?: { readonly served?: ExportedHttpApi; readonly latest?: ExportedHttpApi };
}

export interface HttpStage {
  /** Changes of the API go live by themselves. */
  readonly autoDeploy: boolean;
  readonly deploymentId?: string;
}

export interface HttpRoute {
  readonly routeId: string;
  /** The route's key: `GET /notes`, `ANY /{proxy+}`, `$default`. */
  readonly route: string;
  /** Of `$default`: `ANY`. */
  readonly method: string;
  /** Of `$default`: itself. */
  readonly path: string;
  /** `NONE`, `JWT`, `AWS_IAM` or `CUSTOM`. */
  readonly authorizationType: string;
  readonly authorizerId?: string;
  /** Sorted. */
  readonly scopes: readonly string[];
  readonly integrationId?: string;
}

export interface HttpAuthorizer {
  readonly id: string;
  readonly name: string;
  /** `REQUEST` or `JWT`. */
  readonly type: string;
  readonly uri: string;
  readonly payloadFormat: string;
  readonly simpleResponses: boolean;
  readonly ttl: number;
  readonly identitySource: readonly string[];
}

export interface HttpIntegration {
  readonly id: string;
  readonly type: string;
  /** A call of an AWS service: its parameters have to be said again with each change. */
  readonly subtype?: string;
  readonly requestParameters: Readonly<Record<string, string>>;
  /** By status code. */
  readonly responseParameters: ResponseParameters;
}
