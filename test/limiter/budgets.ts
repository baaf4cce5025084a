import type { Charge, SubjectCharges } from '../../lambda/limiter/verdict.ts';
import type { Budget } from '../../lambda/policy/policy.ts';

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

export const charge = (budget: Budget, more: Partial<Charge> = {}): Charge => ({
  name: budget.cellId,
  budget,
  cost: 1,
  mode: 'enforce',
  onStoreFailure: 'allow',
  ...more,
});

export const asked = (subject: string, ...charges: Charge[]): SubjectCharges => ({ subject, charges });
