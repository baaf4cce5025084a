import type { AlarmsPolicy } from './alarms.ts';
import type { AttachedApi } from './attached-api.ts';
import type { TierPlan } from './plan.ts';

/** What a policy says for the deployment alone: no function reads it. */
export interface Deployment {
  /** Usage plans of API Gateway, by tier. A tier without a plan of its own is not in it. */
  readonly plans: Readonly<Record<string, TierPlan>>;
  /** APIs that exist already, which the gate is attached to. */
  readonly apis: readonly AttachedApi[];
  /** The alarms, and who hears them. */
  readonly alarms: AlarmsPolicy;
}
