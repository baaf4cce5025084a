import { Annotations } from 'aws-cdk-lib';
import {
  type CfnGatewayResponse,
  type CorsOptions,
  GatewayResponse,
  type IRestApi,
  ResponseType,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { gatewayAnswers } from '../../lambda/http/gateway-answers.ts';
import type { HeaderStyle } from '../../lambda/policy/policy.ts';
import { corsHeaders } from './cors-headers.ts';
import { sameToken } from './same-token.ts';
import { resourcesOfType } from './tree.ts';

export interface GatewayResponsesProps {
  readonly api: RestApi;
  /** @default - the API's `defaultCorsPreflightOptions` */
  readonly cors?: CorsOptions | undefined;
  /** The policy's `headers`. @default - `X-RateLimit-*` */
  readonly headers?: readonly HeaderStyle[] | undefined;
}

/**
 * The answers that a REST API gives itself: our 429 in place of `ACCESS_DENIED`'s 403, and the same form for the 401 and
 * for the coarse layer's 429s. One that the API has already is kept and named in a warning: two of one type collide.
 */
export class GatewayResponses extends Construct {
  /** Types that were not made because the API had its own. */
  readonly kept: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    { api, cors = api.root.defaultCorsPreflightOptions, headers: styles }: GatewayResponsesProps,
  ) {
    super(scope, id);
    const taken = new Set(responsesOf(api).map(({ responseType }) => responseType));
    this.kept = ANSWERS.map(({ type }) => type.responseType).filter((type) => taken.has(type));
    for (const { name, type } of ANSWERS) {
      const { status, headers, body } = answerOf(type, styles);
      if (taken.has(type.responseType)) continue;
      new GatewayResponse(this, name, {
        restApi: api as IRestApi,
        type,
        statusCode: String(status),
        responseHeaders: { ...headers, ...corsHeaders(cors, styles) },
        templates: { 'application/json': body },
      });
    }
    this.#warn(cors);
  }

  #warn(cors: CorsOptions | undefined): void {
    if (this.kept.length > 0) {
      Annotations.of(this).addWarningV2(
        'headgate:GatewayResponseKept',
        `The API's own gateway responses for ${this.kept.join(', ')} are kept: Headgate does not set their status, headers and body.`,
      );
    }
    if (cors && cors.allowOrigins.length > 1) {
      Annotations.of(this).addWarningV2(
        'headgate:SeveralOrigins',
        `A gateway response can name one origin: pages of ${cors.allowOrigins[0]} can read a 429, those of ${cors.allowOrigins.slice(1).join(', ')} see a network error.`,
      );
    }
  }
}

/** All gateway responses of an API, wherever they were made. */
export function responsesOf(api: RestApi): CfnGatewayResponse[] {
  return resourcesOfType(api, 'AWS::ApiGateway::GatewayResponse')
    .map((resource) => resource as CfnGatewayResponse)
    .filter((response) => sameToken(api, response.restApiId, api.restApiId));
}

/** Ids of the constructs, and CDK's names of the types. */
const ANSWERS = [
  { name: 'Limited', type: ResponseType.ACCESS_DENIED },
  { name: 'Unauthorized', type: ResponseType.UNAUTHORIZED },
  { name: 'Throttled', type: ResponseType.THROTTLED },
  { name: 'QuotaExceeded', type: ResponseType.QUOTA_EXCEEDED },
] as const;

function answerOf(type: ResponseType, styles: readonly HeaderStyle[] | undefined) {
  const answer = gatewayAnswers(styles).find((one) => one.type === type.responseType);
  if (answer === undefined) throw new Error(`no answer for ${type.responseType}`);
  return answer;
}
