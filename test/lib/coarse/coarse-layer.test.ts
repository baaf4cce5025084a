import { App, Stack } from 'aws-cdk-lib';
import { RateLimitPolicy } from '../../../lib/index.ts';
import { gateIn, httpApiIn, newStack, onlyResource, POLICY, resources, restApiIn } from '../support/stacks.ts';

const PLAN = 'AWS::ApiGateway::UsagePlan';
const STAGE = 'AWS::ApiGateway::Stage';

describe('usage plans', () => {
  test('one for each tier, with its throttle, on the stage', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    gate.protect(restApiIn(stack));
    const [stage] = Object.keys(resources(stack, STAGE));
    const plans = Object.values(resources(stack, PLAN));
    expect(plans.map(({ UsagePlanName, Throttle }) => [UsagePlanName, Throttle])).toEqual([
      [`${gate.gateName}-free`, { RateLimit: 1, BurstLimit: 60 }],
      [`${gate.gateName}-gold`, { RateLimit: 17, BurstLimit: 1000 }],
    ]);
    for (const { ApiStages } of plans) {
      expect(ApiStages).toEqual([expect.objectContaining({ Stage: { Ref: stage } })]);
    }
  });

  test('are shared by the APIs of a stack', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    gate.protect(restApiIn(stack, {}, 'One'));
    gate.protect(restApiIn(stack, {}, 'Two'));
    expect(Object.values(resources(stack, PLAN)).map(({ ApiStages }) => ApiStages.length)).toEqual([2, 2]);
  });

  test('have a stage once, however often its API is protected', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    const api = restApiIn(stack);
    gate.protect(api);
    gate.protect(api);
    expect(Object.values(resources(stack, PLAN)).map(({ ApiStages }) => ApiStages.length)).toEqual([1, 1]);
  });

  test('live beside the API, whose stack may not be the gate’s', () => {
    const app = new App();
    const [gateStack, apiStack] = [new Stack(app, 'Gate'), new Stack(app, 'Api')];
    gateIn(gateStack).protect(restApiIn(apiStack));
    expect(Object.keys(resources(apiStack, PLAN))).toHaveLength(2);
    expect(resources(gateStack, PLAN)).toEqual({});
  });

  test('with throttles of one’s own, by tier', () => {
    const stack = newStack();
    gateIn(stack, { usagePlans: { gold: { rateLimit: 9, burstLimit: 99 } } }).protect(restApiIn(stack));
    expect(Object.values(resources(stack, PLAN)).map(({ Throttle }) => Throttle)).toEqual([
      { RateLimit: 1, BurstLimit: 60 },
      { RateLimit: 9, BurstLimit: 99 },
    ]);
  });

  test('a tier that the policy does not have is an error', () => {
    const usagePlans = { godl: { rateLimit: 9, burstLimit: 99 } };
    expect(() => gateIn(newStack(), { usagePlans })).toThrow(/^HG227: usagePlans .*"godl".*free, gold/);
  });

  test('false: none', () => {
    const stack = newStack();
    gateIn(stack, { usagePlans: false }).protect(restApiIn(stack));
    expect(resources(stack, PLAN)).toEqual({});
  });

  test('none for an HTTP API, which has none', () => {
    const stack = newStack();
    gateIn(stack).protect(httpApiIn(stack));
    expect(resources(stack, PLAN)).toEqual({});
  });
});

describe("the stage's throttle", () => {
  const all = { HttpMethod: '*', ResourcePath: '/*' };
  const settings = (stack: Stack) => onlyResource(stack, STAGE).MethodSettings;

  test('is 1,000 a second with a burst of 2,000 where the policy has no per: all', () => {
    const stack = newStack();
    gateIn(stack).protect(restApiIn(stack));
    expect(settings(stack)).toEqual([{ ...all, ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 }]);
  });

  test("is the policy's per: all", () => {
    const stack = newStack();
    const policy = RateLimitPolicy.fromString(`${POLICY}\n  ceiling: { per: all, rate: 300/second }`);
    gateIn(stack, { policy }).protect(restApiIn(stack));
    expect(settings(stack)).toEqual([{ ...all, ThrottlingRateLimit: 300, ThrottlingBurstLimit: 300 }]);
  });

  test('leaves a throttle that the stage has, and the other settings', () => {
    const stack = newStack();
    const deployOptions = {
      throttlingRateLimit: 5,
      throttlingBurstLimit: 6,
      metricsEnabled: true,
      methodOptions: { '/login/POST': { throttlingRateLimit: 1, throttlingBurstLimit: 1 } },
    };
    gateIn(stack).protect(restApiIn(stack, { deployOptions }));
    expect(settings(stack)).toEqual([
      expect.objectContaining({ ...all, ThrottlingRateLimit: 5, ThrottlingBurstLimit: 6, MetricsEnabled: true }),
      expect.objectContaining({ HttpMethod: 'POST', ThrottlingRateLimit: 1 }),
    ]);
  });

  test('given by the prop replaces one that the stage has, and nothing else', () => {
    const stack = newStack();
    const deployOptions = { throttlingRateLimit: 5, throttlingBurstLimit: 6, metricsEnabled: true };
    const stageThrottle = { rateLimit: 7, burstLimit: 8 };
    gateIn(stack, { stageThrottle }).protect(restApiIn(stack, { deployOptions }));
    expect(settings(stack)).toEqual([
      expect.objectContaining({ ...all, ThrottlingRateLimit: 7, ThrottlingBurstLimit: 8, MetricsEnabled: true }),
    ]);
  });

  test('false: the stage is left as it is', () => {
    const stack = newStack();
    gateIn(stack, { stageThrottle: false }).protect(restApiIn(stack));
    expect(settings(stack)).toBeUndefined();
  });
});
