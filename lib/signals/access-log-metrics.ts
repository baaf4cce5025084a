/** The text that API Gateway writes for a variable without a value. */
const NONE = '"-"';
const is429 = '($.status = "429")';
const notOurs = '($.verdict != "limited")';

/**
 * What the access log of a gate's APIs counts that the authorizer cannot: an answer is known here only, and API Gateway's own
 * throttle and the firewall do not ask the authorizer at all. Metrics of namespace `Headgate` and dimension `Gate`, with the
 * filter pattern that each is counted by.
 */
export const ACCESS_LOG_METRICS = {
  Requests: {
    meaning: 'requests that API Gateway answered, whoever decided the answer',
    pattern: '{ $.gate = "*" }',
  },
  LimitedByGate: {
    // An HTTP API's authorizer can deny with 403 only, and one with `deny: middleware` answers from the backend.
    meaning: 'requests that were answered 429 by the gate (403 by an HTTP API with `deny: forbidden`)',
    pattern: `{ (${is429} && ($.response = "ACCESS_DENIED")) || (($.verdict = "limited") && (${is429} || ($.status = "403"))) }`,
  },
  GatewayThrottled: {
    // An HTTP API is not documented to say THROTTLED: a 429 that neither the gate nor a backend gave is its own.
    meaning: 'requests over a throttle or quota of API Gateway: account, stage, usage plan',
    pattern: `{ ($.response = "THROTTLED") || ($.response = "QUOTA_EXCEEDED") || (${is429} && ($.response = ${NONE}) && ($.backendStatus = ${NONE}) && ${notOurs}) }`,
  },
  BackendLimited: {
    meaning: 'requests that the backend answered 429 for a reason of its own',
    pattern: `{ ${is429} && ($.backendStatus = "429") && ${notOurs} }`,
  },
  WafBlocked: {
    meaning: 'requests that AWS WAF blocked (REST APIs; an HTTP API takes no web ACL)',
    pattern: '{ ($.waf = "WAF_BLOCK") || ($.response = "WAF_FILTERED") }',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly pattern: string }>;
export type AccessLogMetric = keyof typeof ACCESS_LOG_METRICS;
