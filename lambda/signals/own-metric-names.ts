import type { OwnMetricName } from './metric-names.ts';

/**
 * What functions with limits of their own write beside `Limited` and `ShadowLimited` by limit, `WriteUnits` and `QuotaNear`;
 * each a count under `Gate`. A request that a gate has let through meets them after it: under the gate's names it would be one
 * of the gate's requests twice (docs/decisions/081-limits-of-a-functions-own.md).
 */
export const OWN_METRICS: Readonly<Record<OwnMetricName, string>> = {
  OwnAllowed: "requests that a function's own limits let pass",
  OwnLimited: "requests over an enforced limit of a function's own",
  OwnBlocked: 'requests of blocked callers that functions with limits of their own turned away',
  OwnFailedOpen: "requests that passed because a function's own limits could not be counted",
  OwnFailedClosed: 'requests denied because of that',
};
