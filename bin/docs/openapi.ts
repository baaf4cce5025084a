import { PROBLEM_CONTENT_TYPE } from '../../lambda/http/problem.ts';
import { HEADERS } from '../../lambda/http/rate-limit-headers.ts';
import { sampleOf } from './example-answer.ts';
import type { PublicPolicy } from './public-policy.ts';

/** The pieces to merge into an OpenAPI document, 3.0 or 3.1: headers, the body's schema, and the 429 itself. */
export interface OpenApiPieces {
  readonly components: {
    readonly headers: Readonly<Record<string, OpenApiHeader>>;
    readonly schemas: { readonly RateLimitProblem: object };
    readonly responses: { readonly TooManyRequests: object };
  };
}

interface OpenApiHeader {
  readonly description: string;
  readonly schema: object;
  readonly example: string | number;
}

const WHOLE = { type: 'integer', minimum: 0 };
const DESCRIBED: Readonly<Record<string, { readonly description: string; readonly schema: object }>> = {
  [HEADERS.limit]: { description: 'Size of the limit that is nearest to its end.', schema: WHOLE },
  [HEADERS.remaining]: { description: 'How much of it is left.', schema: WHOLE },
  [HEADERS.reset]: {
    description: 'When all of it is free again if nothing more is sent, in Unix seconds.',
    schema: WHOLE,
  },
  [HEADERS.policyField]: {
    description: 'Every limit by name, with its size (q) and the seconds in which that flows back (w).',
    schema: { type: 'string' },
  },
  [HEADERS.stateField]: {
    description: 'Every limit by name, with what is left (r) and for how many seconds it has to last (t).',
    schema: { type: 'string' },
  },
  [HEADERS.retryAfter]: {
    description: 'Whole seconds after which the same request can pass.',
    schema: { type: 'integer', minimum: 1 },
  },
};

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'retryAfter'],
  properties: {
    type: { type: 'string', enum: ['about:blank'] },
    title: { type: 'string', enum: ['Too Many Requests'] },
    status: { type: 'integer', enum: [429] },
    detail: { type: 'string', description: 'A sentence for people.' },
    limit: {
      type: 'string',
      description: "The name of the limit that is used up; absent where it is API Gateway's own.",
    },
    retryAfter: { type: 'string', description: 'Seconds, as in Retry-After.' },
  },
};

export function openApiPieces(policy: PublicPolicy): OpenApiPieces {
  const { headers, problem } = sampleOf(policy);
  const ours = Object.entries(headers).map(([name, value]): [string, OpenApiHeader] => {
    const { description, schema } = DESCRIBED[name]!;
    return [name, { description, schema, example: /^\d+$/.test(value) ? Number(value) : value }];
  });
  return {
    components: {
      headers: Object.fromEntries(ours),
      schemas: { RateLimitProblem: PROBLEM },
      responses: {
        TooManyRequests: {
          description: 'A limit is used up. The request has done nothing; repeat it after Retry-After seconds.',
          headers: Object.fromEntries(ours.map(([name]) => [name, { $ref: `#/components/headers/${name}` }])),
          content: {
            [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/RateLimitProblem' }, example: problem },
          },
        },
      },
    },
  };
}

/** How to use the pieces, as a comment above them. */
export const OPENAPI_HINT = `Merge \`components\` into your document, and refer to them: the 429 in each operation,
  responses:
    '429': { $ref: '#/components/responses/TooManyRequests' }
and the headers, apart from Retry-After, in its other responses.`;
