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
import { CONTEXT } from '../../lambda/http/context.ts';
import { PROBLEM_CONTENT_TYPE } from '../../lambda/http/problem.ts';
import { HEADERS } from '../../lambda/http/rate-limit-headers.ts';
import { corsHeaders } from './cors-headers.ts';
import { LIMITED_BODY, problem } from './problem-template.ts';
import { sameToken } from './same-token.ts';
import { resourcesOfType } from './tree.ts';

export interface GatewayResponsesProps {
  readonly api: RestApi;
  /** @default - the API's `defaultCorsPreflightOptions` */
  readonly cors?: CorsOptions | undefined;
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
    { api, cors = api.root.defaultCorsPreflightOptions }: GatewayResponsesProps,
  ) {
    super(scope, id);
    const taken = new Set(responsesOf(api).map(({ responseType }) => responseType));
    this.kept = ANSWERS.map(({ type }) => type.responseType).filter((type) => taken.has(type));
    for (const { name, type, status, headers, body } of ANSWERS) {
      if (taken.has(type.responseType)) continue;
      new GatewayResponse(this, name, {
        restApi: api as IRestApi,
        type,
        statusCode: String(status),
        responseHeaders: { 'Content-Type': `'${PROBLEM_CONTENT_TYPE}'`, ...headers, ...corsHeaders(cors) },
        // API Gateway picks a template by the request's Accept and falls back to this one.
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

const fromContext = (name: string): string => `context.authorizer.${name}`;

const ANSWERS = [
  {
    name: 'Limited',
    type: ResponseType.ACCESS_DENIED,
    status: 429,
    headers: {
      [HEADERS.retryAfter]: fromContext(CONTEXT.retryAfter),
      [HEADERS.limit]: fromContext(CONTEXT.limit),
      [HEADERS.remaining]: fromContext(CONTEXT.remaining),
      [HEADERS.reset]: fromContext(CONTEXT.reset),
    },
    body: LIMITED_BODY,
  },
  {
    name: 'Unauthorized',
    type: ResponseType.UNAUTHORIZED,
    status: 401,
    headers: {},
    body: problem(401, 'Unauthorized', 'The request carries no identity that is allowed here.'),
  },
  {
    name: 'Throttled',
    type: ResponseType.THROTTLED,
    status: 429,
    // The gateway's buckets refill every second.
    headers: { [HEADERS.retryAfter]: "'1'" },
    body: problem(429, 'Too Many Requests', 'The API as a whole is over its rate. Try again in a second.'),
  },
  {
    name: 'QuotaExceeded',
    type: ResponseType.QUOTA_EXCEEDED,
    status: 429,
    // A quota runs for a day, a week or a month and API Gateway does not say how much of it is left.
    headers: { [HEADERS.retryAfter]: "'3600'" },
    body: problem(429, 'Too Many Requests', "The usage plan's quota is used up."),
  },
] as const;
