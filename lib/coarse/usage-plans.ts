import { Annotations } from 'aws-cdk-lib';
import { type IStage, Period, type QuotaSettings, type Stage, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { DoctorPlan } from '../../lambda/doctor/subjects.ts';
import type { PlanQuota, TierPlan } from '../../lambda/policy/plan.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { type Throttle, tierThrottle } from './coarse-budget.ts';
import { usagePlanName } from './plan-name.ts';

export interface UsagePlansProps {
  readonly policy: Policy;
  readonly gateName: string;
  /** By tier, from the policy. */
  readonly plans: Readonly<Record<string, TierPlan>>;
  /** By tier, in place of what the policy says; a tier that is named in neither has what its limits allow. */
  readonly throttles?: Readonly<Record<string, Throttle>> | undefined;
}

/**
 * One usage plan for each tier. API Gateway applies it, best effort, to requests with an API key of its own that is in
 * the plan, on methods that require a key; Headgate's limits hold with or without it.
 */
export class UsagePlans extends Construct {
  readonly byTier: Readonly<Record<string, UsagePlan>>;
  readonly #examined = new Map<string, Omit<DoctorPlan, 'id' | 'stages'>>();
  readonly #stages: string[] = [];

  constructor(scope: Construct, id: string, { policy, gateName, plans, throttles = {} }: UsagePlansProps) {
    super(scope, id);
    const plan = (tier: string): UsagePlan => {
      const { ratePerSecond, burst, quota } = plans[tier] ?? {};
      const allowed = tierThrottle(policy, tier);
      const throttle = throttles[tier] ?? {
        ...allowed,
        ...(ratePerSecond !== undefined && { rateLimit: ratePerSecond }),
        ...(burst !== undefined && { burstLimit: burst }),
      };
      this.#warnIfTighter(tier, throttle, allowed);
      this.#examined.set(tier, {
        name: usagePlanName(gateName, tier),
        ...throttle,
        ...(quota && { quota: { limit: quota.limit, period: PERIODS[quota.period] } }),
      });
      return new UsagePlan(this, tier, {
        name: usagePlanName(gateName, tier),
        description: `Headgate: backstop for clients of the tier ${tier}`,
        ...(Object.keys(throttle).length > 0 && { throttle }),
        ...(quota && { quota: quotaSettings(quota) }),
      });
    };
    this.byTier = Object.fromEntries(policy.tiers.map((tier) => [tier, plan(tier)]));
  }

  addStage(stage: IStage): void {
    // CDK asks for a stage of the app, and reads its name and its API's id: those of an imported one do as well.
    for (const plan of Object.values(this.byTier)) plan.addApiStage({ stage: stage as Stage });
    this.#stages.push(`${stage.restApi.restApiId}:${stage.stageName}`);
  }

  /** What the doctor has to find. Complete when the template is written. */
  examined(tier: string): DoctorPlan {
    const { usagePlanId: id } = this.byTier[tier]!;
    return { id, ...this.#examined.get(tier)!, stages: this.#stages };
  }

  /** The gateway's 429 has no `X-RateLimit-*`, and the authorizer has counted the request by then. */
  #warnIfTighter(tier: string, throttle: Partial<Throttle>, allowed: Throttle | undefined): void {
    if (allowed === undefined) return;
    const tighter = [
      ...((throttle.rateLimit ?? Infinity) < allowed.rateLimit
        ? [`${throttle.rateLimit} requests a second, the limits ${allowed.rateLimit}`]
        : []),
      ...((throttle.burstLimit ?? Infinity) < allowed.burstLimit
        ? [`${throttle.burstLimit} at once, the limits ${allowed.burstLimit}`]
        : []),
    ];
    if (tighter.length === 0) return;
    const text = `The usage plan of the tier "${tier}" lets through ${tighter.join('; ')}: callers who keep to their limits can meet API Gateway's own 429, which names no limit.`;
    Annotations.of(this).addWarningV2(`headgate:PlanTighter:${tier}`, text);
  }
}

const PERIODS: Readonly<Record<PlanQuota['period'], Period>> = {
  day: Period.DAY,
  week: Period.WEEK,
  month: Period.MONTH,
};

const quotaSettings = ({ limit, period }: PlanQuota): QuotaSettings => ({ limit, period: PERIODS[period] });
