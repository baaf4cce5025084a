import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { LogGroupLogDestination, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ACCESS_LOG_METRICS } from '../../../lib/signals/access-log-metrics.ts';
import { gateIn, httpApiIn, newStack, onlyResource, resources, restApiIn } from '../support/stacks.ts';

const infos = (stack: Stack) =>
  Annotations.fromStack(stack)
    .findInfo('*', Match.stringLikeRegexp('headgate:'))
    .map(({ entry }) => String(entry.data));

describe('protected APIs', () => {
  const stack = newStack();
  const gate = gateIn(stack, { accessLogs: {}, gateName: 'shop' });
  const [rest, http] = [restApiIn(stack), httpApiIn(stack)];
  gate.protect(rest);
  gate.protect(http);
  const setting = () => onlyResource(stack, 'AWS::ApiGateway::Stage').AccessLogSetting;
  const httpSetting = () => onlyResource(stack, 'AWS::ApiGatewayV2::Stage').AccessLogSettings;

  test('write one log of JSON lines, kept for a month', () => {
    const [id, log] = Object.entries(resources(stack, 'AWS::Logs::LogGroup')).find(([id]) => id.includes('Access'))!;
    expect(log.RetentionInDays).toBe(30);
    for (const { DestinationArn } of [setting(), httpSetting()]) {
      expect(DestinationArn).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    }
    expect(JSON.parse(setting().Format)).toMatchObject({
      gate: 'shop',
      status: '$context.status',
      route: '$context.resourcePath',
      response: '$context.error.responseType',
      backendStatus: '$context.integration.status',
      limit: '$context.authorizer.limitName',
      apiKeyId: '$context.identity.apiKeyId',
      waf: '$context.wafResponseCode',
    });
    expect(JSON.parse(httpSetting().Format)).toMatchObject({ gate: 'shop', route: '$context.routeKey' });
  });

  test('log no key, and nothing that a caller writes freely', () => {
    for (const { Format } of [setting(), httpSetting()]) {
      expect(Format).not.toMatch(/apiKey(?!Id)|header|authorization|context\.path|userAgent|querystring|message/i);
    }
  });

  test('a REST stage comes after the role of the account, which stays when the stack goes', () => {
    const template = Template.fromStack(stack);
    const [[account, { DeletionPolicy, Properties }]] = Object.entries(
      template.findResources('AWS::ApiGateway::Account'),
    ) as [[string, { DeletionPolicy: string; Properties: { CloudWatchRoleArn: unknown } }]];
    const [role] = Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => id.includes('ApiGatewayLogs'));
    expect(DeletionPolicy).toBe('Retain');
    expect(Properties.CloudWatchRoleArn).toEqual({ 'Fn::GetAtt': [role, 'Arn'] });
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    expect(stage!.DependsOn).toContain(account);
  });

  test('are counted by what answered, under the gate of the line', () => {
    const filters = Object.values(resources(stack, 'AWS::Logs::MetricFilter'));
    const found = filters.map(({ FilterPattern, MetricTransformations: [metric] }) => [
      metric.MetricName,
      FilterPattern,
    ]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(ACCESS_LOG_METRICS).map(([name, { pattern }]) => [name, pattern])),
    );
    for (const { MetricTransformations } of filters) {
      expect(MetricTransformations).toEqual([
        expect.objectContaining({ MetricNamespace: 'Headgate', Dimensions: [{ Key: 'Gate', Value: '$.gate' }] }),
      ]);
    }
    expect(gate.accessLogs!.metric('GatewayThrottled')).toMatchObject({
      namespace: 'Headgate',
      metricName: 'GatewayThrottled',
      dimensions: { Gate: 'shop' },
    });
  });

  test('leave nothing to say', () => {
    expect(infos(stack)).toEqual([]);
  });
});

test('a stage with an access log keeps it, makes no role, and says how to count what is in it', () => {
  const stack = newStack();
  const own = new LogGroup(stack, 'Own');
  const gate = gateIn(stack, { accessLogs: { retention: RetentionDays.ONE_DAY } });
  const deployOptions = { accessLogDestination: new LogGroupLogDestination(own) };
  gate.protect(restApiIn(stack, { deployOptions }));
  expect(JSON.stringify(onlyResource(stack, 'AWS::ApiGateway::Stage').AccessLogSetting)).toContain('"Own');
  expect(resources(stack, 'AWS::ApiGateway::Account')).toEqual({});
  expect(infos(stack)).toEqual([expect.stringContaining("gate.accessLogs.format('rest')")]);
});

test('a stage that writes the gate’s log by itself is left as it is, without a word', () => {
  const stack = newStack();
  const gate = gateIn(stack, { accessLogs: {} });
  const accessLogDestination = new LogGroupLogDestination(gate.accessLogs!.logGroup);
  gate.protect(restApiIn(stack, { deployOptions: { accessLogDestination } }));
  expect(infos(stack)).toEqual([]);
});

test('a role that the stack sets already is the one, and accountRole: false makes none', () => {
  const [one, two] = [newStack('One'), newStack('Two')];
  gateIn(one, { accessLogs: {} }).protect(restApiIn(one, { cloudWatchRole: true }));
  expect(Object.keys(resources(one, 'AWS::ApiGateway::Account'))).toHaveLength(1);
  gateIn(two, { accessLogs: { accountRole: false } }).protect(restApiIn(two));
  expect(resources(two, 'AWS::ApiGateway::Account')).toEqual({});
});

test('an API of another stack writes the same log; a stage that is added later too', () => {
  const app = new App();
  const [gateStack, apiStack] = [new Stack(app, 'Gate'), new Stack(app, 'Api')];
  const gate = gateIn(gateStack, { accessLogs: {} });
  const api: RestApi = restApiIn(apiStack);
  gate.protect(api);
  gate.protect(api);
  const http = httpApiIn(apiStack, { createDefaultStage: false });
  gate.protect(http);
  http.addStage('Later', { stageName: 'later', autoDeploy: true });
  const { AccessLogSetting } = onlyResource(apiStack, 'AWS::ApiGateway::Stage');
  expect(AccessLogSetting.DestinationArn).toHaveProperty('Fn::ImportValue');
  expect(onlyResource(apiStack, 'AWS::ApiGatewayV2::Stage').AccessLogSettings.DestinationArn).toEqual(
    AccessLogSetting.DestinationArn,
  );
});

test('accessLogs: false leaves stages as they are', () => {
  const stack = newStack();
  const gate = gateIn(stack, { accessLogs: false });
  gate.protect(restApiIn(stack));
  expect(onlyResource(stack, 'AWS::ApiGateway::Stage').AccessLogSetting).toBeUndefined();
  expect(resources(stack, 'AWS::Logs::MetricFilter')).toEqual({});
  expect(gate.accessLogs).toBeUndefined();
});

test('the logical ids are pinned: a new id of the log would be a new log', () => {
  const stack = newStack();
  gateIn(stack, { accessLogs: {} }).protect(restApiIn(stack));
  const ids = Object.keys(Template.fromStack(stack).toJSON().Resources);
  expect(ids.filter((id) => /^Headgate(AccessLogs|ApiGatewayLogs)/.test(id))).toEqual([
    'HeadgateAccessLogsLogADF5B1F1',
    'HeadgateAccessLogsRequests5B900885',
    'HeadgateAccessLogsLimitedByGateAEBD4E14',
    'HeadgateAccessLogsGatewayThrottledA94BDAF0',
    'HeadgateAccessLogsBackendLimited4EDB9BFF',
    'HeadgateAccessLogsWafBlocked44FC5665',
    'HeadgateApiGatewayLogsRoleA51757C1',
    'HeadgateApiGatewayLogsAccountDEC7FA28',
  ]);
});
