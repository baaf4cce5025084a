import { safeText } from '../http/header-value.ts';
import { retryAfterSeconds } from '../http/verdict-context.ts';
import type { LimitStatus } from '../limiter/verdict.ts';
import { Sampler } from '../signals/sampler.ts';
import type { GateAnswer, GateRequest } from './gate.ts';

/** One line of the log for a request that is turned away, or would be: who, where, by which limit. Flat, without any key. */
export interface RejectionRecord {
  /**
   * `shadow-limited`: passes, but is over a limit with `mode: shadow`. `failed-closed`: the counters could not be asked and the
   * limit denies then, or the caller could not be identified where the policy demands it.
   */
  readonly event: 'limited' | 'shadow-limited' | 'blocked' | 'anonymous' | 'failed-closed';
  /** `client:ID` or `address:IP`, as the command line takes it. */
  readonly subject: string;
  /** The limit's name. */
  readonly limit?: string;
  /** Whom the limit counts: `client`, `address`, `route`, `all`. */
  readonly subjectKind?: string;
  readonly clientId?: string;
  readonly address: string;
  readonly tier: string;
  /** Units of the limit that are used. */
  readonly used?: number;
  /** The limit's size, units. */
  readonly allowed?: number;
  /** Whole seconds. */
  readonly retryAfter?: number;
  /** Why the counters could not be asked, where that is why. */
  readonly failure?: string;
  readonly requestId: string;
  readonly api: string;
  readonly stage: string;
  readonly route: string;
}

/** A record as it is written. */
export interface WrittenRejection extends RejectionRecord {
  /** How many like requests the line stands for: 1, or more where there are too many for a line each. */
  readonly represents: number;
}

/** What a line says of its request. */
export type RejectedRequest = Pick<GateRequest, 'requestId' | 'api' | 'stage' | 'route'>;

/** What the log has to say of an answer: one record where it turns the request away, one for each shadow limit without room. */
export function rejectionsOf(request: RejectedRequest, answer: GateAnswer, now: number): readonly RejectionRecord[] {
  const { caller } = answer;
  if (answer.kind === 'decided' && answer.verdict.allowed && !answer.verdict.limits.some(isShadowLimited)) return [];
  const common = {
    subject: caller.client === undefined ? `address:${caller.address}` : `client:${caller.client}`,
    ...(caller.client === undefined ? {} : { clientId: caller.client }),
    address: caller.address,
    tier: caller.tier,
    requestId: safeText(request.requestId),
    api: safeText(request.api),
    stage: safeText(request.stage),
    route: safeText(request.route),
  };
  if (answer.kind === 'unavailable') return [{ event: 'failed-closed', ...common }];
  if (answer.kind === 'unauthorized') return [{ event: answer.reason, ...common }];
  const { allowed, binding, failure, limits } = answer.verdict;
  const records: RejectionRecord[] = limits
    .filter(isShadowLimited)
    .map((status) => ({ event: 'shadow-limited', ...standOf(status), ...common }));
  if (allowed) return records;
  const rejection: RejectionRecord = {
    event: failure === undefined ? 'limited' : 'failed-closed',
    ...(binding ? standOf(binding) : {}),
    retryAfter: retryAfterSeconds(answer.verdict, now),
    ...(failure === undefined ? {} : { failure }),
    ...common,
  };
  return [rejection, ...records];
}

const isShadowLimited = ({ mode, allowed }: LimitStatus): boolean => mode === 'shadow' && !allowed;

const standOf = ({ name, subject, limit, remaining }: LimitStatus) => ({
  limit: name,
  subjectKind: subject.split(':', 1)[0]!,
  used: limit - remaining,
  allowed: limit,
});

/** What a line begins with for a reader. */
export const messageOf = ({ event }: RejectionRecord): string =>
  event === 'shadow-limited' ? 'Request would be turned away' : 'Request turned away';

/** Lines a second and container, beyond which they are sampled. */
export const REJECTIONS_PER_SECOND = 20;
/** The same for shadow limits: a rule that is being tried out must not push out what really happens. */
export const SHADOW_REJECTIONS_PER_SECOND = 5;

/** Hands on a fair sample where there are more records than a log should take. @param now milliseconds, of any clock */
export function sampledRejections(
  write: (rejection: WrittenRejection) => void,
  now: () => number,
  random: () => number = Math.random,
): (rejection: RejectionRecord) => void {
  const enforced = new Sampler(REJECTIONS_PER_SECOND, random);
  const shadow = new Sampler(SHADOW_REJECTIONS_PER_SECOND, random);
  return (rejection) => {
    const represents = (rejection.event === 'shadow-limited' ? shadow : enforced).represents(now());
    if (represents > 0) write({ ...rejection, represents });
  };
}
