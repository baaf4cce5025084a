import type { LimitStatus } from '../limiter/verdict.ts';
import type { Say } from './log-lines.ts';
import { Sampler } from './sampler.ts';

/** Lines a second and container: many clients of a daily limit may cross the line at the same time of day. */
const PER_SECOND = 5;

/** The `event` of a line for a subject that has crossed 80 % of a calendar limit. */
export const QUOTA_NEAR_EVENT = 'quota-near';

/** Writes who has come near the end of a quota: one line for each subject, limit and period. @param now milliseconds */
export function nearQuotaLog(say: Say, now: () => number, random?: () => number): (status: LimitStatus) => void {
  const sampler = new Sampler(PER_SECOND, random);
  return ({ name, subject, limit, remaining, resetAt }) => {
    const represents = sampler.represents(now());
    if (represents === 0) return;
    say('info', 'A quota is nearly used up', {
      event: QUOTA_NEAR_EVENT,
      subject,
      limit: name,
      used: limit - remaining,
      allowed: limit,
      resetAt: new Date(resetAt).toISOString(),
      represents,
    });
  };
}
