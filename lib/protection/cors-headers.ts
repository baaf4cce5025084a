import type { CorsOptions } from 'aws-cdk-lib/aws-apigateway';
import { exposedHeaders } from '../../lambda/http/rate-limit-headers.ts';
import type { HeaderStyle } from '../../lambda/policy/policy.ts';

/**
 * The CORS headers of an answer that API Gateway gives itself: without them a browser hides a 429 from the page.
 *
 * A gateway response can only be constant or echo a header. Echoing `Origin` would name every site as allowed, so with
 * several origins the first is named, as in CDK's own preflight; the others' pages see a network error.
 */
export function corsHeaders(options: CorsOptions | undefined, styles?: readonly HeaderStyle[]): Record<string, string> {
  const origin = options?.allowOrigins[0];
  if (options === undefined || origin === undefined) return {};
  const exposed = new Set([...(options.exposeHeaders ?? []), ...exposedHeaders(styles)]);
  return {
    'Access-Control-Allow-Origin': `'${origin}'`,
    'Access-Control-Expose-Headers': `'${[...exposed].join(',')}'`,
    ...(origin !== '*' && { Vary: "'Origin'" }),
    ...(options.allowCredentials && { 'Access-Control-Allow-Credentials': "'true'" }),
  };
}
