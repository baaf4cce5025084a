import { Annotations, Stack } from 'aws-cdk-lib';
import { RestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import type { AttachedApi } from '../../lambda/policy/attached-api.ts';
import type { AuthorizerFunction } from '../authorizer-function.ts';
import { DeployError } from '../deploy-error.ts';
import type { HeadgateProps } from '../headgate-props.ts';
import type { RestProtection } from '../protection/rest-protection.ts';
import { stageThrottle } from './coarse-budget.ts';
import { takesKeyFromAuthorizer, warnOfIdlePlans } from './plan-checks.ts';
import { DEFAULT_STAGE_THROTTLE, throttleStage } from './stage-throttle.ts';
import { UsagePlans } from './usage-plans.ts';

/** API Gateway's own throttles before the gate: best effort, never tighter than the policy by default. */
export class CoarseLayer {
  readonly #gateName: string;
  readonly #authorizer: AuthorizerFunction;
  readonly #props: HeadgateProps;
  readonly #added: (plans: UsagePlans) => void;
  /** One set of plans for each stack: a plan beside the gate would tie the API's stack and the gate's in a circle. */
  readonly #plans = new Map<Stack, UsagePlans>();
  readonly #done = new Set<RestProtection>();

  /** @param added is told of each stack's plans */
  constructor(
    gateName: string,
    authorizer: AuthorizerFunction,
    props: HeadgateProps,
    added: (plans: UsagePlans) => void,
  ) {
    this.#added = added;
    this.#gateName = gateName;
    this.#authorizer = authorizer;
    this.#props = props;
    const { tiers } = props.policy.compiled;
    const unknown = Object.keys(props.usagePlans || {}).find((tier) => !tiers.includes(tier));
    if (unknown === undefined) return;
    throw new DeployError('badProperty', `usagePlans has the tier "${unknown}"; the policy has: ${tiers.join(', ')}.`);
  }

  add(protection: RestProtection): void {
    const { usagePlans, stageThrottle: given, policy } = this.#props;
    if (this.#done.has(protection) || (usagePlans === false && given === false)) return;
    this.#done.add(protection);
    this.#keys(protection);
    const stage: Stage | undefined = protection.api.deploymentStage;
    if (stage === undefined) {
      const text = 'The API has no deploymentStage: no usage plan and no stage throttle stand before the gate.';
      Annotations.of(protection).addWarningV2('headgate:NoStage', text);
      return;
    }
    if (given !== false) {
      const throttle = given ?? stageThrottle(policy.compiled) ?? DEFAULT_STAGE_THROTTLE;
      throttleStage(stage, throttle, given !== undefined);
    }
    if (usagePlans !== false) this.#plansOf(protection, usagePlans).addStage(stage);
  }

  #keys(protection: RestProtection): void {
    const { compiled, deployment } = this.#props.policy;
    if (takesKeyFromAuthorizer(protection.api)) this.#authorizer.passKeys();
    protection.node.addValidation({
      validate: () => {
        const asked = Object.keys(deployment.plans).length > 0;
        warnOfIdlePlans(protection.api, compiled, asked);
        return [];
      },
    });
  }

  /**
   * Puts the stage of an API of another stack into the plans, where the policy asks for plans: without being asked
   * nothing is added to an API that is not the app's.
   */
  addAttached(scope: Construct, { kind, apiId, stage: stageName }: AttachedApi): void {
    const { usagePlans, policy } = this.#props;
    if (kind !== 'rest' || usagePlans === false || Object.keys(policy.deployment.plans).length === 0) return;
    const restApi = RestApi.fromRestApiId(scope, `PlannedApi-${apiId}`, apiId);
    const stage = Stage.fromStageAttributes(scope, `PlannedStage-${apiId}`, { restApi, stageName });
    this.#plansOf(scope, usagePlans).addStage(stage);
  }

  #plansOf(scope: Construct, throttles: HeadgateProps['usagePlans'] & object = {}): UsagePlans {
    const stack = Stack.of(scope);
    let plans = this.#plans.get(stack);
    if (plans === undefined) {
      const { compiled: policy } = this.#props.policy;
      const { plans: ofPolicy } = this.#props.policy.deployment;
      const props = { policy, gateName: this.#gateName, plans: ofPolicy, throttles };
      plans = new UsagePlans(scope, 'UsagePlans', props);
      this.#plans.set(stack, plans);
      this.#added(plans);
    }
    return plans;
  }
}
