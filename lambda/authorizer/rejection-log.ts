import { safeText } from '../http/header-value.ts';
import { retryAfterSeconds } from '../http/verdict-context.ts';
import type { GateAnswer, GateRequest } from './gate.ts';

/** One line of the log for each request that is turned away: who, where, by which limit. Flat, and without any key. */
export interface RejectionRecord {
  readonly event: 'limited' | 'blocked' | 'anonymous' | 'unavailable';
  /** The limit's name. */
  readonly limit?: string;
  /** Whom the limit counts: `client`, `address`, `route`, `all`. */
  readonly subjectKind?: string;
  readonly clientId?: string;
  readonly address: string;
  readonly tier: string;
  /** Whole seconds. */
  readonly retryAfter?: number;
  /** Why the counters could not be asked, where that is why. */
  readonly failure?: string;
  readonly requestId: string;
  readonly api: string;
  readonly stage: string;
  readonly route: string;
}

/** Undefined for a request that passes. */
export function rejectionOf(request: GateRequest, answer: GateAnswer, now: number): RejectionRecord | undefined {
  if (answer.kind === 'decided' && answer.verdict.allowed) return undefined;
  const { caller } = answer;
  const common = {
    ...(caller.client === undefined ? {} : { clientId: caller.client }),
    address: caller.address,
    tier: caller.tier,
    requestId: safeText(request.requestId),
    api: safeText(request.api),
    stage: safeText(request.stage),
    route: safeText(request.route),
  };
  if (answer.kind === 'unavailable') return { event: 'unavailable', ...common };
  if (answer.kind === 'unauthorized') return { event: answer.reason, ...common };
  const { binding, failure } = answer.verdict;
  return {
    event: 'limited',
    ...(binding ? { limit: binding.name, subjectKind: binding.subject.split(':', 1)[0]! } : {}),
    retryAfter: retryAfterSeconds(answer.verdict, now),
    ...(failure === undefined ? {} : { failure }),
    ...common,
  };
}
