import type { Charge, SubjectCharges } from '../../lambda/limiter/verdict.ts';
import type { Budget, CalendarPeriod } from '../../lambda/policy/policy.ts';

/** Budgets and charges as a policy would compile them. */
export const slidingWindow = (limit: number, windowMs: number, m = 10, cellId = `s${m.toString(36)}w`): Budget => ({
  algorithm: 'sliding-window',
  limit,
  windowMs,
  epochMs: windowMs / m,
  cellId,
});

export const fixedWindow = (limit: number, windowMs: number, cellId = 'fix'): Budget => ({
  algorithm: 'fixed-window',
  limit,
  windowMs,
  epochMs: windowMs,
  cellId,
});

export const tokenBucket = (
  limit: number,
  windowMs: number,
  burst: number,
  epochMs: number,
  cellId = 'bkt',
): Budget => ({ algorithm: 'token-bucket', limit, windowMs, burst, epochMs, cellId });

export const counterWindow = (limit: number, windowMs: number, cellId = 'cnt'): Budget => ({
  algorithm: 'sliding-window-counter',
  limit,
  windowMs,
  epochMs: windowMs,
  cellId,
});

export const logWindow = (limit: number, windowMs: number, cellId = 'log'): Budget => ({
  algorithm: 'sliding-window-log',
  limit,
  windowMs,
  epochMs: windowMs / 10,
  cellId,
});

const DAYS = { day: 1, week: 7, month: 31 } as const;

export const calendarWindow = (limit: number, calendar: CalendarPeriod, cellId = 'cal'): Budget => {
  const windowMs = DAYS[calendar] * 86_400_000;
  return { algorithm: 'fixed-window', limit, windowMs, epochMs: windowMs, calendar, cellId };
};

export const leakyBucket = (
  limit: number,
  windowMs: number,
  queue: number,
  maxDelayMs = 2000,
  cellId = 'lky',
): Budget => {
  const epochMs = Math.min(1000, Math.max(100, Math.ceil(windowMs / limit)));
  return { algorithm: 'leaky-bucket', limit, windowMs, queue, maxDelayMs, epochMs, cellId };
};

export const charge = (budget: Budget, more: Partial<Charge> = {}): Charge => ({
  name: budget.cellId,
  budget,
  cost: 1,
  mode: 'enforce',
  onStoreFailure: 'allow',
  ...more,
});

export const asked = (subject: string, ...charges: Charge[]): SubjectCharges => ({ subject, charges });
