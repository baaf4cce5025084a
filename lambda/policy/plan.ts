/** As many tiers as a policy may have. */
export const MAX_TIERS = 20;
/** How a quota is written; for the JSON Schema and the reader. */
export const QUOTA_PATTERN = /^[1-9][0-9]{0,8} ?\/ ?(day|week|month)$/;

/** The usage plan of a tier, as the policy asks for it: coarse limits that API Gateway itself applies, best effort. */
export interface TierPlan {
  /** Requests a second; may be a fraction. Absent: what the tier's limits allow. */
  readonly ratePerSecond?: number;
  /** Requests in one instant, whole. Absent: what the tier's limits allow. */
  readonly burst?: number;
  readonly quota?: PlanQuota;
}

/** Requests in a period of API Gateway's calendar. */
export interface PlanQuota {
  readonly limit: number;
  readonly period: 'day' | 'week' | 'month';
}
