import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ApiKeySourceType, MockIntegration, type RestApiProps } from 'aws-cdk-lib/aws-apigateway';
import { RateLimitPolicy } from '../../../lib/index.ts';
import { gateIn, newStack, resources, restApiIn } from '../support/stacks.ts';

const POLICY = (tiers: string, header = 'x-api-key') => `
identify: [{ apiKey: ${header} }]
tiers:
${tiers}
limits:
  client:
    per: client
    rate: 60/minute
`;

function deployed(
  tiers: string,
  props: RestApiProps = {},
  { header, apiKeyRequired = true }: { header?: string; apiKeyRequired?: boolean } = {},
) {
  const stack = newStack();
  const gate = gateIn(stack, { policy: RateLimitPolicy.fromString(POLICY(tiers, header)) });
  const api = restApiIn(stack, props);
  api.root.addResource('keyed').addMethod('GET', new MockIntegration(), { apiKeyRequired });
  gate.protect(api);
  const plans = Object.values(resources(stack, 'AWS::ApiGateway::UsagePlan'));
  const warnings = () =>
    Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => String(entry.data));
  return { stack, gate, plans, warnings };
}

test('a tier’s plan has its rate, burst and quota; a tier without has what its limits allow', () => {
  const { plans } = deployed('  free: { plan: { rate: 90/minute, burst: 70, quota: 10000/month } }\n  gold: {}');
  expect(plans.map(({ Throttle, Quota }) => [Throttle, Quota])).toEqual([
    [
      { RateLimit: 1.5, BurstLimit: 70 },
      { Limit: 10_000, Period: 'MONTH' },
    ],
    [{ RateLimit: 1, BurstLimit: 60 }, undefined],
  ]);
});

test('a plan with a quota alone keeps the throttle of the limits', () => {
  const { plans } = deployed('  free: { plan: { quota: 5/day } }');
  expect(plans[0]).toMatchObject({ Throttle: { RateLimit: 1, BurstLimit: 60 }, Quota: { Limit: 5, Period: 'DAY' } });
});

test('a plan that is tighter than the limits is warned of, with both figures', () => {
  const { warnings } = deployed('  free: { plan: { rate: 30/minute, burst: 20 } }');
  expect(warnings().join()).toMatch(
    /tier "free" lets through 0\.5 requests a second, the limits 1; 20 at once, the limits 60/,
  );
  expect(deployed('  free: { plan: { rate: 1/second, burst: 60 } }').warnings().join()).not.toContain('lets through');
});

test('plans that can never apply are warned of, where the policy asks for them', () => {
  const asked = '  free: { plan: { rate: 1/second } }';
  expect(deployed(asked, {}, { apiKeyRequired: false }).warnings().join()).toContain(
    'no method of this API has `apiKeyRequired`',
  );
  expect(deployed('  free: {}', {}, { apiKeyRequired: false }).warnings().join()).not.toContain('apiKeyRequired');
  expect(deployed(asked).warnings().join()).not.toContain('apiKeyRequired');
  expect(deployed(asked, {}, { header: 'authorization' }).warnings().join()).toContain(
    'reads keys from x-api-key, and callers send their key in authorization',
  );
});

test('where the API takes the key from the authorizer, the authorizer is told to pass it on', () => {
  const environmentOf = ({ stack }: { stack: Parameters<typeof resources>[0] }) =>
    JSON.stringify(resources(stack, 'AWS::Lambda::Function'));
  const asked = '  free: { plan: { rate: 1/second } }';
  const fromAuthorizer = deployed(
    asked,
    { apiKeySourceType: ApiKeySourceType.AUTHORIZER },
    { header: 'authorization' },
  );
  expect(environmentOf(fromAuthorizer)).toContain('"HEADGATE_PASS_KEYS":"true"');
  expect(fromAuthorizer.warnings().join()).not.toContain('reads keys');
  expect(environmentOf(deployed(asked))).not.toContain('HEADGATE_PASS_KEYS');
});

test('an attached API’s stage is in the plans that the policy asks for, and in no others', () => {
  const plansOf = (tiers: string) => {
    const stack = newStack();
    const gate = gateIn(stack, { policy: RateLimitPolicy.fromString(POLICY(tiers)) });
    gate.attach({ restApiId: 'abcdef1234', stage: 'prod' });
    gate.attach({ httpApiId: 'fedcba4321', stage: '$default' });
    return Object.values(resources(stack, 'AWS::ApiGateway::UsagePlan'));
  };
  const plans = plansOf('  free: { plan: { rate: 2/second } }\n  gold: {}');
  expect(plans.map(({ ApiStages }) => ApiStages)).toEqual([
    [expect.objectContaining({ ApiId: 'abcdef1234', Stage: 'prod' })],
    [expect.objectContaining({ ApiId: 'abcdef1234', Stage: 'prod' })],
  ]);
  expect(plansOf('  free: {}')).toEqual([]);
});

test('an authorizer that has no key to pass on is warned of', () => {
  const stack = newStack();
  const policy = RateLimitPolicy.fromString('limits:\n  all: { per: all, rate: 60/minute }');
  const api = restApiIn(stack, { apiKeySourceType: ApiKeySourceType.AUTHORIZER });
  api.root.addResource('keyed').addMethod('GET', new MockIntegration(), { apiKeyRequired: true });
  gateIn(stack, { policy }).protect(api);
  Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('no apiKey that the authorizer could pass on'));
});
