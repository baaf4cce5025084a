import { Annotations, Token } from 'aws-cdk-lib';
import type { CfnMethod, CfnRestApi, CfnUsagePlan, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Policy } from '../../lambda/policy/policy.ts';
import { sameToken } from '../protection/same-token.ts';
import { resourcesOfType } from '../protection/tree.ts';

/** Quotas of API Gateway for an account and region, and for one API stage of a usage plan. */
const MOST = { plans: 300, methodThrottles: 20 } as const;

/** Whether API Gateway takes the key that decides about the usage plan from the authorizer instead of `x-api-key`. */
export function takesKeyFromAuthorizer(api: RestApi): boolean {
  return (api.node.defaultChild as CfnRestApi).apiKeySourceType === 'AUTHORIZER';
}

/**
 * Warns where usage plans could never apply, or not be made: API Gateway says nothing about the former, it just does not
 * throttle. To be called when the tree is complete.
 *
 * @param asked the policy itself gives tiers plans; those that are made without being asked for may idle
 */
export function warnOfIdlePlans(api: RestApi, policy: Policy, asked: boolean): void {
  const warn = (id: string, text: string) => Annotations.of(api).addWarningV2(`headgate:${id}`, text);
  const methods = (resourcesOfType(api, 'AWS::ApiGateway::Method') as CfnMethod[]).filter((method) =>
    sameToken(api, method.restApiId, api.restApiId),
  );
  const keysRequired = methods.some(
    ({ apiKeyRequired }) => apiKeyRequired === true || Token.isUnresolved(apiKeyRequired),
  );
  const fromAuthorizer = takesKeyFromAuthorizer(api);
  const headers = policy.identify.flatMap((source) => (source.kind === 'apiKey' ? [source.header] : []));
  if (asked && !keysRequired) {
    const where = 'no method of this API has `apiKeyRequired`';
    warn('PlanWithoutKeys', `The policy gives tiers usage plans, and ${where}: API Gateway never applies them.`);
  }
  if (fromAuthorizer && keysRequired && headers.length === 0) {
    const where = "the policy's `identify` has no apiKey that the authorizer could pass on";
    warn(
      'NoKeyToPassOn',
      `The API's apiKeySourceType is AUTHORIZER, and ${where}: methods that require a key answer 403.`,
    );
  }
  if (asked && !fromAuthorizer && headers.length > 0 && !headers.includes('x-api-key')) {
    const where = `callers send their key in ${headers.join(', ')}`;
    const mend = 'Set `apiKeySourceType: ApiKeySourceType.AUTHORIZER`, or identify by x-api-key.';
    warn('KeyElsewhere', `API Gateway reads keys from x-api-key, and ${where}: usage plans do not find it. ${mend}`);
  }
  warnOfQuotas(api, warn);
}

function warnOfQuotas(api: RestApi, warn: (id: string, text: string) => void): void {
  const plans = resourcesOfType(api, 'AWS::ApiGateway::UsagePlan') as CfnUsagePlan[];
  if (plans.length > MOST.plans) {
    warn(
      'ManyPlans',
      `${plans.length} usage plans; API Gateway takes ${MOST.plans} in an account and region unless raised.`,
    );
  }
  for (const { node, apiStages } of plans) {
    for (const stage of Array.isArray(apiStages) ? apiStages : []) {
      const throttles = Token.isUnresolved(stage) ? {} : ((stage as CfnUsagePlan.ApiStageProperty).throttle ?? {});
      const count = Token.isUnresolved(throttles) ? 0 : Object.keys(throttles).length;
      if (count <= MOST.methodThrottles) continue;
      warn(
        'ManyMethodThrottles',
        `${node.path} throttles ${count} methods of one stage; API Gateway takes ${MOST.methodThrottles}.`,
      );
    }
  }
}
