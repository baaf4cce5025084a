import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MockIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../lambda/signals/metric-names.ts';
import { RateLimitPolicy } from '../../lib/index.ts';
import { gateIn, httpApiIn, newStack, POLICY, restApiIn, urlIntegration, warnings } from './support/stacks.ts';

const withLimit = (limit: string) => RateLimitPolicy.fromString(`${POLICY}\n  more: ${limit}`, 'my.yaml');

describe('finding a gate in an account', () => {
  test('its tables are outputs whose keys contain HeadgateRegistryTable and HeadgateCountersTable', () => {
    const stack = newStack();
    gateIn(stack, {}, 'Anything');
    const outputs = Template.fromStack(stack).findOutputs('*');
    const valueAt = (part: string) => Object.entries(outputs).find(([key]) => key.includes(part))?.[1].Value;
    const tables = Object.keys(Template.fromStack(stack).findResources('AWS::DynamoDB::Table'));
    expect(valueAt('HeadgateRegistryTable')).toEqual({ Ref: tables.find((id) => id.includes('Registry')) });
    expect(valueAt('HeadgateCountersTable')).toEqual({ Ref: tables.find((id) => id.includes('Counters')) });
  });
});

describe('gateName', () => {
  test('is made of the stack’s name and the path in it', () => {
    const stack = newStack('Shop');
    expect(gateIn(new Construct(stack, 'Api') as Stack).gateName).toBe('Shop.Api.Headgate');
  });

  test('differs between gates of one stack and stacks of one app', () => {
    const app = new App();
    const [one, two] = [new Stack(app, 'One'), new Stack(app, 'Two')];
    const names = [gateIn(one, {}, 'A'), gateIn(one, {}, 'B'), gateIn(two, {}, 'A')].map(({ gateName }) => gateName);
    expect(new Set(names).size).toBe(3);
  });

  test('stays within 64 characters and different where paths are long', () => {
    const stack = newStack();
    const names = ['a', 'b'].map((end) => gateIn(stack, {}, `${'x'.repeat(80)}${end}`).gateName);
    expect(names[0]).not.toBe(names[1]);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
  });

  test('of one’s own', () => {
    expect(gateIn(newStack(), { gateName: 'shop-prod' }).gateName).toBe('shop-prod');
    expect(() => gateIn(newStack(), { gateName: 'a b' })).toThrow(/^HG227: gateName is "a b"; allowed/);
  });
});

describe('metrics', () => {
  test('are those that the function writes', () => {
    const gate = gateIn(newStack());
    for (const [metric, name] of [
      [gate.metricAllowed(), 'Allowed'],
      [gate.metricLimited(), 'Limited'],
    ] as const) {
      expect(metric).toMatchObject({
        namespace: METRICS_NAMESPACE,
        metricName: name,
        dimensions: { Gate: gate.gateName },
        statistic: 'Sum',
        period: Duration.minutes(1),
      });
    }
  });

  test('take options', () => {
    expect(gateIn(newStack()).metricLimited({ period: Duration.minutes(5) }).period).toEqual(Duration.minutes(5));
  });
});

describe("a limit's route", () => {
  test('that exists on no protected API stops the synthesis, with its place in the policy', () => {
    const stack = newStack();
    const policy = withLimit('{ per: address, routes: [POST /logni], rate: 5/minute }');
    gateIn(stack, { policy }).protect(restApiIn(stack));
    const synth = () => Template.fromStack(stack);
    expect(synth).toThrow(/HG122/);
    expect(synth).toThrow(/my\.yaml:9:34 /);
    expect(synth).toThrow(/POST \/logni/);
  });

  test('may be on any of the protected APIs', () => {
    const stack = newStack();
    const policy = withLimit('{ per: address, routes: [PUT /only-http, PUT /only-rest], rate: 5/minute }');
    const gate = gateIn(stack, { policy });
    const rest = restApiIn(stack);
    rest.root.addResource('only-rest').addMethod('PUT', new MockIntegration());
    const http = httpApiIn(stack);
    http.addRoutes({ path: '/only-http', integration: urlIntegration() });
    gate.protect(rest);
    gate.protect(http);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('on a method with another authorizer is not protected, so it stops the synthesis', () => {
    const stack = newStack();
    const policy = withLimit('{ per: address, routes: [POST /login], rate: 5/minute }');
    const gate = gateIn(stack, { policy });
    const api = restApiIn(stack);
    api.root.addMethod('PUT', new MockIntegration(), { authorizer: gate.restAuthorizer });
    expect(() => Template.fromStack(stack)).toThrow(/HG122.*POST \/login/s);
  });

  test('is not looked for while nothing is protected; a warning says that nothing is', () => {
    const stack = newStack();
    gateIn(stack, { policy: withLimit('{ per: address, routes: [POST /logni], rate: 5/minute }') });
    expect(warnings(stack)).toEqual([expect.stringContaining('headgate:NothingProtected')]);
  });
});

test('the logical ids of what a gate makes are pinned: they are part of its interface', () => {
  const stack = newStack();
  const gate = gateIn(stack, { doctor: {}, report: {} });
  gate.protect(restApiIn(stack));
  gate.protect(httpApiIn(stack));
  const ids = Object.keys(Template.fromStack(stack).toJSON().Resources);
  expect(ids.filter((id) => id.includes('Headgate')).sort()).toMatchInlineSnapshot(`
[
  "HeadgateAlarmAlarmsKey5395002A",
  "HeadgateAlarmAlarmsTopic4094BFE5",
  "HeadgateAlarmAlarmsTopicPolicy5B92AA04",
  "HeadgateAlarmAuthorizerErrors05AF6E88",
  "HeadgateAlarmDecisionTimeCEECC92E",
  "HeadgateAlarmFailingClosed7F7FCC52",
  "HeadgateAlarmFailingOpen1ACE1BC8",
  "HeadgateAlarmHeardCallersPageB535BD5E",
  "HeadgateAlarmHeardCallersTicket0B67EBE0",
  "HeadgateAlarmHeardLimiterPage053CB2C0",
  "HeadgateAlarmHeardLimiterTicketC2A63AF9",
  "HeadgateAlarmLimitedRate0F4367CC",
  "HeadgateAlarmLimitedRiseC1BD57BA",
  "HeadgateAlarmManyLimitedA9495140",
  "HeadgateAlarmOneLimited51F4158D",
  "HeadgateAlarmQuotaNear4C7E5B45",
  "HeadgateAlarmStoreErrors94E866E8",
  "HeadgateAlarmTicketsTopicC66DBCCB",
  "HeadgateAlarmTicketsTopicPolicy35B02FE4",
  "HeadgateAlarmUnauthorizedRate82FC005A",
  "HeadgateAuthorizerFunctionE73121D9",
  "HeadgateAuthorizerLogs8DC95429",
  "HeadgateAuthorizerRole490D0B49",
  "HeadgateAuthorizerRoleDefaultPolicyB5D35AAB",
  "HeadgateCountersTable4DD60A42",
  "HeadgateDoctorFunctionF6CCE744",
  "HeadgateDoctorLogsD80EDCE1",
  "HeadgateDoctorNotAsDeployed49D5BBA2",
  "HeadgateDoctorRole6A9209BF",
  "HeadgateDoctorRoleDefaultPolicyDDBB6899",
  "HeadgateDoctorScheduleAllowEventRuleStackHeadgateDoctorFunctionAF5E35BF2D33BE8D",
  "HeadgateDoctorScheduleBA3DB269",
  "HeadgateInsightRuleslimitedaddresses030DC117",
  "HeadgateInsightRuleslimitedclientsF8A02FCD",
  "HeadgateInsightRuleslimitedroutes72A10853",
  "HeadgateInsightRuleslimitedsubjectsA4BC4E80",
  "HeadgateQueriesrejectionsbyminuteBF009513",
  "HeadgateQuerieswhatshadowlimitswoulddeny483AD271",
  "HeadgateQuerieswhichlimitsandroutes0B8DC86D",
  "HeadgateQuerieswhoisturnedaway72D46D9E",
  "HeadgateRegistryTable76478115",
  "HeadgateReportFunction244B6259",
  "HeadgateReportGoneOff1E9E6E93",
  "HeadgateReportGoneOffAllowEventRuleStackHeadgateReportFunction49AC693A350AB36F",
  "HeadgateReportLogsE9897AB9",
  "HeadgateReportReportsTopic96E934A8",
  "HeadgateReportReportsTopicPolicy1ED577FC",
  "HeadgateReportRole976554FC",
  "HttpHeadgateAuthorizer122B5671",
  "HttpHeadgateAuthorizerInvokeDC875124",
  "HttpHeadgateExaminedParameter8E916299",
  "RestHeadgateAuthorizer520B994D",
  "RestHeadgateAuthorizerInvoke86D8943E",
  "RestHeadgateExaminedParameterC28CCDBA",
  "RestHeadgateResponsesLimitedE2E1A88B",
  "RestHeadgateResponsesQuotaExceeded63F50601",
  "RestHeadgateResponsesThrottled2FFAFCFA",
  "RestHeadgateResponsesUnauthorized52D64A75",
  "RestHeadgateUsagePlansExaminedfreeParameter107B0815",
  "RestHeadgateUsagePlansExaminedgoldParameter43F2B604",
  "RestHeadgateUsagePlansfreeD0B372D9",
  "RestHeadgateUsagePlansgoldA0F9348B",
]
`);
});
