import { type Stage, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { Policy } from '../../lambda/policy/policy.ts';
import { type Throttle, tierThrottle } from './coarse-budget.ts';

export interface UsagePlansProps {
  readonly policy: Policy;
  readonly gateName: string;
  /** By tier; a tier that is not named has what the policy says. */
  readonly throttles?: Readonly<Record<string, Throttle>> | undefined;
}

/**
 * One usage plan for each tier. API Gateway applies it, best effort, to requests with an API key of its own that is in
 * the plan; Headgate's limits hold with or without it.
 */
export class UsagePlans extends Construct {
  readonly byTier: Readonly<Record<string, UsagePlan>>;

  constructor(scope: Construct, id: string, { policy, gateName, throttles = {} }: UsagePlansProps) {
    super(scope, id);
    const plan = (tier: string): UsagePlan => {
      const throttle = throttles[tier] ?? tierThrottle(policy, tier);
      return new UsagePlan(this, tier, {
        name: `${gateName}-${tier}`,
        description: `Headgate: backstop for clients of the tier ${tier}`,
        ...(throttle && { throttle }),
      });
    };
    this.byTier = Object.fromEntries(policy.tiers.map((tier) => [tier, plan(tier)]));
  }

  addStage(stage: Stage): void {
    for (const plan of Object.values(this.byTier)) plan.addApiStage({ stage });
  }
}
