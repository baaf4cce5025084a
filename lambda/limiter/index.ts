export type { Algorithm, Budget } from '../policy/policy.ts';
export { BudgetError } from './cells/cell-of.ts';
export type {
  Assignment,
  Condition,
  ConditionalWrite,
  CounterItem,
  CounterStore,
  Operand,
  UpdateOptions,
  WriteOutcome,
} from './counter-store.ts';
export { ChargeError, Limiter, type LimiterOptions, RefundError } from './limiter.ts';
export { StoreError } from './store-error.ts';
export type { Charge, LimitStatus, StoreFailure, SubjectCharges, Verdict } from './verdict.ts';
export { waitOut } from './wait-out.ts';
