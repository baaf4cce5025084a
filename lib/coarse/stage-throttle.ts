import { Annotations } from 'aws-cdk-lib';
import type { CfnStage, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { Throttle } from './coarse-budget.ts';

/** Where the policy has no `per: all` limit: bounds the bill of an attack far above what a small API sees. */
export const DEFAULT_STAGE_THROTTLE: Throttle = { rateLimit: 1000, burstLimit: 2000 };

/**
 * Throttles all methods of a stage together with the settings that it has.
 *
 * @param force also where the stage has a throttle of its own
 */
export function throttleStage(stage: Stage, throttle: Throttle, force: boolean): void {
  const resource = stage.node.defaultChild as CfnStage;
  const settings = resource.methodSettings ?? [];
  if (!Array.isArray(settings)) {
    const text = "The stage's method settings are known at deployment only: its throttle is left as it is.";
    Annotations.of(stage).addWarningV2('headgate:StageThrottleUnknown', text);
    return;
  }
  const all = settings.find(isForAll) ?? { httpMethod: '*', resourcePath: '/*' };
  if (!force && (all.throttlingRateLimit !== undefined || all.throttlingBurstLimit !== undefined)) return;
  const { rateLimit: throttlingRateLimit, burstLimit: throttlingBurstLimit } = throttle;
  const others = settings.filter((setting) => setting !== all);
  resource.methodSettings = [{ ...all, throttlingRateLimit, throttlingBurstLimit }, ...others];
}

function isForAll(setting: unknown): setting is CfnStage.MethodSettingProperty {
  const { httpMethod, resourcePath } = setting as CfnStage.MethodSettingProperty;
  return httpMethod === '*' && resourcePath === '/*';
}
