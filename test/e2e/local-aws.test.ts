import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { APIGatewayClient, TestInvokeAuthorizerCommand } from '@aws-sdk/client-api-gateway';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { type AlarmMessages, listenToAlarms } from '../../local/alarm-messages.ts';
import { apiUrl } from '../../local/api-url.ts';
import { bootstrap, deploy } from '../../local/cdk.ts';
import { type ClientConfig, clientConfig } from '../../local/clients.ts';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { root } from '../../scripts/process.ts';
import { PLAN_KEY, PLAN_QUOTA } from './support/patch-probe/probe-rest-api.ts';

const PROBE = { app: path.join(root, 'test', 'e2e', 'support', 'patch-probe', 'app.ts') };
jest.setTimeout(120_000);

/** What the probe's backend answers. */
interface Seen {
  readonly sourceIp: string;
  readonly keyId?: string;
  readonly refused?: string;
  readonly node: string;
  readonly environment: readonly string[];
}

describe('the patched local AWS', () => {
  let aws: LocalAws;
  let config: ClientConfig;
  let outputs: Readonly<Record<string, string>>;
  let alarms: AlarmMessages;

  beforeAll(async () => {
    process.env.PROBE_SECRET = 'of this machine';
    aws = await startLocalAws();
    config = clientConfig(aws.endpoint);
    await bootstrap(aws);
    // The default synthesizer uploads the template to a bucket that refuses requests without TLS (secure_transport).
    outputs = (await deploy(aws, PROBE)).Probe!;
    alarms = await listenToAlarms(config, outputs.TopicArn!, 'probe-alarms');
  });
  afterAll(() => aws?.stop());

  const rest = (route: string, headers = {}, method = 'GET') =>
    fetch(apiUrl(aws.endpoint, outputs.RestApiId!, 'prod', route), { method, headers });
  const http = (route: string, headers = {}) =>
    fetch(apiUrl(aws.endpoint, outputs.HttpApiId!, undefined, route), { headers });

  test('a REST API answers with the status, header and body that its gateway response takes from the authorizer', async () => {
    const denied = await rest('/notes', { 'x-deny': '1' });

    expect(denied.status).toBe(429);
    expect(denied.headers.get('retry-after')).toBe('7');
    expect(await denied.json()).toEqual({ detail: 'too many' });
  });

  test('functions run on Node 24, see nothing of this machine, and may only do what their role grants', async () => {
    const seen = (await (await rest('/notes', { 'x-write': '1' })).json()) as Seen;

    expect(seen.node).toMatch(/^v24\./);
    expect(seen.environment).toContain('TABLE');
    expect(seen.environment).not.toContain('PROBE_SECRET');
    expect(seen.refused).toBe('AccessDeniedException');
  });

  test('a REST API with apiKeySource AUTHORIZER takes the plan key from the authorizer, not from the header', async () => {
    expect((await rest('/keyed', { 'x-api-key': PLAN_KEY })).status).toBe(403);
    for (let sent = 0; sent < PLAN_QUOTA; sent++) {
      const allowed = await rest('/keyed', { 'x-plan-key': PLAN_KEY });
      expect(allowed.status).toBe(200);
      expect(((await allowed.json()) as Seen).keyId).toBe(outputs.PlanKeyId);
    }
    expect((await rest('/keyed', { 'x-plan-key': PLAN_KEY })).status).toBe(429);
  });

  test('an HTTP API maps the authorizer context into a response header, and gives the address of X-Forwarded-For', async () => {
    const allowed = await http('/notes', { 'x-forwarded-for': '198.51.100.7' });

    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('x-limit')).toBe('20');
    expect(((await allowed.json()) as Seen).sourceIp).toBe('198.51.100.7');
    expect((await http('/notes', { 'x-deny': '1' })).status).toBe(403);
  });

  test('a stage without AutoDeploy serves what the template deployed to it, with the mappings of the template', async () => {
    const answer = await fetch(apiUrl(aws.endpoint, outputs.HttpApiId!, 'manual', '/notes'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-limit')).toBe('20');
  });

  test('a REST authorizer can be tried out', async () => {
    const client = new APIGatewayClient(config);
    const target = { restApiId: outputs.RestApiId!, authorizerId: outputs.AuthorizerId! };
    const tried = await client.send(new TestInvokeAuthorizerCommand({ ...target, headers: { 'x-deny': '1' } }));
    client.destroy();
    expect(tried).toMatchObject({ clientStatus: 200, principalId: 'probe' });
    expect(JSON.parse(tried.policy!).Statement[0].Effect).toBe('Deny');
  });

  test('API Gateway may not call a function whose policy does not name the API', async () => {
    expect((await rest('/unpermitted')).status).toBe(500);
    expect((await http('/unpermitted')).status).toBe(500);
  });

  test('metrics from log lines set off the math alarm of their own dimensions, and its message arrives', async () => {
    for (let sent = 0; sent < 6; sent++) await rest('/notes', { 'x-deny': '1' });

    const message = await alarms.next((m) => m.AlarmName === outputs.LimitedAlarm, 20_000);

    expect(message).toMatchObject({ NewStateValue: 'ALARM', NewStateReason: expect.stringContaining('threshold 20') });
    const { MetricAlarms = [] } = await new CloudWatchClient(config).send(new DescribeAlarmsCommand({}));
    const states = Object.fromEntries(MetricAlarms.map((alarm) => [alarm.AlarmName, alarm.StateValue]));
    expect(states[outputs.OtherAlarm!]).toBe('OK');
    expect(states[outputs.PlainAlarm!]).toBe('OK');
    expect([states[outputs.BandAlarm!], states[outputs.RankingAlarm!]]).toEqual(Array(2).fill('INSUFFICIENT_DATA'));
  });

  test('a composite alarm goes off with its alarm, and one that it suppresses keeps silent', async () => {
    const seen: string[] = [];
    // Both change at once: what the suppressed one would have sent would be here with the other's or soon after.
    const heard = (m: { AlarmName: string }) => {
      seen.push(m.AlarmName);
      return m.AlarmName === outputs.PageAlarm;
    };
    expect(await alarms.next(heard, 10_000)).toMatchObject({ NewStateValue: 'ALARM' });
    await alarms.next((m) => heard(m) && false, 2000);
    expect(seen).not.toContain(outputs.TicketAlarm);
    const { CompositeAlarms = [] } = await new CloudWatchClient(config).send(
      new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }),
    );
    expect(CompositeAlarms.map(({ StateValue }) => StateValue)).toEqual(['ALARM', 'ALARM']);
  });

  test('the access log has a line for each request', async () => {
    await rest('/notes', { 'x-deny': '1' });

    const answer = await botocore(aws, 'logs', 'filter_log_events', { logGroupName: 'probe-access' });

    const lines = (answer as LogEvents).events.map((event) => JSON.parse(event.message));
    expect(lines).toContainEqual({ id: expect.any(String), status: '429', type: 'ACCESS_DENIED', limit: '20' });
  });

  test('a filter pattern for JSON lines finds those whose fields are so', async () => {
    await rest('/notes', { 'x-deny': '1' });
    const find = async (filterPattern: string) => {
      const params = { logGroupName: 'probe-access', filterPattern };
      return ((await botocore(aws, 'logs', 'filter_log_events', params)) as LogEvents).events.length;
    };
    expect(await find('{ $.status = "429" && ($.limit = "21" || $.type = "ACCESS_*") }')).toBeGreaterThan(0);
    expect(await find('{ $.status = "429" && $.limit != "20" }')).toBe(0);
  });

  test('a method that no deployment contains is not served', async () => {
    await deploy(aws, { ...PROBE, context: { later: 'yes' } });

    expect((await rest('/notes', {}, 'POST')).status).toBe(403);
    expect((await rest('/notes')).status).toBe(200);
  });
});

interface LogEvents {
  readonly events: readonly { readonly message: string }[];
}

/** Calls an AWS API for which this project has no SDK client, through the one that MiniStack brings. */
async function botocore(aws: LocalAws, service: string, operation: string, params: object): Promise<unknown> {
  const script = `
import json, sys, botocore.session
client = botocore.session.get_session().create_client(sys.argv[1])
print(json.dumps(getattr(client, sys.argv[2])(**json.loads(sys.argv[3])), default=str))`;
  const python = path.join(root, '.local-aws', 'venv', 'bin', 'python');
  const args = ['-c', script, service, operation, JSON.stringify(params)];
  const { stdout } = await promisify(execFile)(python, args, { env: aws.env });
  return JSON.parse(stdout);
}
