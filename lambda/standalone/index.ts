// The public face of `headgate/limiter`: the limiter without a gateway.
export { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
export { HeadgateError } from '../errors/headgate-error.ts';
export type { RateLimitProblem } from '../http/problem.ts';
export * from '../limiter/index.ts';
export { loadPolicy, PolicyFileError, policyFromJson } from '../policy/load-policy.ts';
export type { MatchedLimit, RouteRequest } from '../policy/match.ts';
export { matchLimits } from '../policy/match.ts';
export type { Limit, Policy } from '../policy/policy.ts';
export { chargesFor } from '../request/charges.ts';
export { dynamodbStore } from '../store/dynamodb.ts';
export { createDynamoDbClient } from '../store/dynamodb-client.ts';
export { memoryStore } from '../store/memory.ts';
export { observeDates } from '../store/observe-dates.ts';
export { COUNTERS } from '../store/registry-keys.ts';
export { type ReliableStoreOptions, reliableStore } from '../store/reliable-store.ts';
export { sendingOnce } from '../store/sending-once.ts';
export { StoreClock } from '../store/store-clock.ts';
export {
  type CreateLimiterOptions,
  createLimiter,
  type LimitedRequest,
  type RequestLimiter,
} from './request-limiter.ts';
