import type { AlarmSubject } from './alarm-change.ts';
import type { Evidence } from './evidence.ts';

/** What kind of trouble it is, which decides what a report suggests. */
export type Kind =
  | 'limiter'
  | 'one-client'
  | 'one-address'
  | 'many-addresses'
  | 'one-route'
  | 'several'
  | 'near-quota'
  | 'unknown';

/** Shares from which on something is the main thing, and the number of addresses that make an attack of many. */
export const KIND_RULES = { failures: 0.5, oneSubject: 0.5, route: 0.8, fromAddresses: 0.5, addresses: 20 } as const;

/**
 * Decides by the first rule that holds:
 *
 * 1. the alarm is about the limiter, or at least half of the requests were turned away because it could not ask: `limiter`
 * 2. nobody was found: `unknown`
 * 3. one subject has at least half of the requests: `one-client`, `one-address`
 * 4. at least half of the requests are of addresses, at least 20 of them: `many-addresses`
 * 5. one route has at least 80 % of the requests: `one-route`
 * 6. else: `several`
 */
export function kindOf(alarm: AlarmSubject, evidence: Evidence | undefined): Kind {
  if (alarm === 'limiter') return 'limiter';
  if (!evidence || evidence.total === 0) return 'unknown';
  const share = (requests: number | undefined) => (requests ?? 0) / evidence.total;
  if (share(evidence.byFailure) >= KIND_RULES.failures) return 'limiter';
  const [top] = evidence.offenders;
  if (top && share(top.requests) >= KIND_RULES.oneSubject) {
    return top.subject.startsWith('client:') ? 'one-client' : 'one-address';
  }
  const addresses = evidence.offenders.filter(({ subject }) => subject.startsWith('address:')).length;
  if (addresses >= KIND_RULES.addresses && share(evidence.byAddress) >= KIND_RULES.fromAddresses)
    return 'many-addresses';
  return share(evidence.routes[0]?.requests) >= KIND_RULES.route ? 'one-route' : 'several';
}
