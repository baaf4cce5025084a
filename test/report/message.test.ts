import type { SNSClient } from '@aws-sdk/client-sns';
import type { Evidence } from '../../lambda/report/evidence.ts';
import { fallbackMessage, MAX_BODY, messageOf } from '../../lambda/report/message.ts';
import { publish } from '../../lambda/report/publish.ts';
import { reportOf } from '../../lambda/report/report.ts';
import { type SendParts, sendReport } from '../../lambda/report/send-report.ts';
import { alarmEvent, change, evidenceOf, GATE } from './support.ts';

const AT = change().at;
const report = (evidence: Evidence | undefined, missing: string[] = []) =>
  reportOf({
    gate: GATE,
    logGroup: '/shop/authorizer',
    dashboard: 'Shop-Headgate',
    change: change(),
    window: { from: AT - 600_000, to: AT },
    evidence,
    missing,
  });

test('people get text, machines JSON, and the topic can be filtered by attributes', () => {
  const { subject, bodies, attributes } = messageOf(report(evidenceOf(['client:acme', 3])), 'json');
  expect(subject).toBe('Headgate report: limited-rate: one client');
  expect(bodies.default).toBe(bodies.email);
  expect(bodies.email).toMatch(/^Headgate Shop\.Headgate: Shop\.Headgate-limited-rate went off at 02:54:11 UTC\n/);
  for (const protocol of ['sqs', 'lambda', 'http', 'https']) {
    expect(JSON.parse(bodies[protocol]!)).toMatchObject({ version: 1, kind: 'one-client' });
  }
  expect(attributes).toEqual({ gate: GATE, alarm: 'limited-rate', kind: 'one-client' });
});

test('for Amazon Q, HTTPS carries its custom schema: it drops every other message', () => {
  const { bodies } = messageOf(report(evidenceOf(['client:acme', 3])), 'amazon-q');
  const chat = JSON.parse(bodies.https!);
  expect(chat).toMatchObject({ version: '1.0', source: 'custom', content: { textType: 'client-markdown' } });
  expect(chat.content.title).toBe('Shop.Headgate-limited-rate: one client');
  expect(chat.content.description).toContain('• client:acme: 100 % (3) on GET /notes');
  expect(chat.content.nextSteps[0]).toMatch(/^`npx headgate block client:acme --for 1h`/);
  expect(JSON.parse(bodies.sqs!).version).toBe(1);
});

test('names that nobody of ours has written never reach a command, and a shell would find nothing in one that does', () => {
  for (const subject of [
    'client:a;reboot',
    'client:$(id)',
    'address:`id`',
    'client:',
    'x',
    'address:192.0.2.1;x',
    'client:a b',
  ]) {
    const { suggestions } = report(evidenceOf([subject, 9]));
    expect(suggestions.filter(({ command }) => command.includes('block'))).toEqual([]);
  }
  const limit = report(evidenceOf(['client:a', 9, 'x; reboot'])).suggestions;
  expect(limit.filter(({ command }) => command.includes('override'))).toEqual([]);
  for (const subject of [
    'client:acme',
    'client:jwt:a=7Cb',
    'client:apigw:a1b2',
    'address:192.0.2.1',
    'address:2001:db8:1:2::/64',
  ]) {
    const [first] = report(evidenceOf([subject, 9])).suggestions;
    expect(first!.command).toBe(`npx headgate block ${subject} --for 1h`);
  }
});

test('every body stays below 8 KiB, however long and odd what callers send is', () => {
  const long = '<!channel>"\\é💥'.repeat(40);
  const evidence = evidenceOf(
    ...Array.from(
      { length: 40 },
      (_, i) => [`client:${i}${long}`, 40 - (i % 3), `${i}${long}`, `${i}${long}`] as const,
    ),
  );
  const { bodies, subject } = messageOf(report(evidence, Array(4).fill(`HG352: ${'x'.repeat(280)}`)), 'amazon-q');
  expect(bodies.https).not.toContain('<!channel>');
  for (const body of Object.values(bodies)) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY);
  expect(Buffer.byteLength(JSON.stringify(bodies))).toBeLessThan(256 * 1024);
  expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

test('in a chat nothing calls everybody or becomes a link, not even the name of an alarm', () => {
  const evidence = evidenceOf(['client:acme', 3, 'client', 'GET /https://evil.example/login']);
  const named = { ...report(evidence), alarm: { ...report(evidence).alarm, name: 'shop-<!channel>`x' } };
  const failed = fallbackMessage(
    { gate: GATE, alarm: 'shop-<!here>', failure: 'HG354: <https://evil.example|log in>', logGroup: 'log' },
    'amazon-q',
  );
  for (const { bodies } of [messageOf(named, 'amazon-q'), failed]) {
    const { content } = JSON.parse(bodies.https!);
    const text = [content.title, content.description, ...content.nextSteps].join('\n');
    expect(text).not.toMatch(/<!|:\/\/evil/);
    expect(content.title).not.toContain('`');
  }
});

test('links have the time range set', () => {
  const { links } = report(evidenceOf());
  expect(links.rejections).toMatch(
    /^https:\/\/eu-central-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-central-1#logsV2:logs-insights\$3FqueryDetail\$3D\$257E\$2528end\$257E\$2527/,
  );
  expect(links.rejections).toContain('start$257E$25272026-11-24T02*3A44*3A11.443Z');
  expect(links.rejections).toContain('source$257E$2528$257E$2527*2Fshop*2Fauthorizer$2529');
  expect(links.dashboard).toContain(
    '#dashboards/dashboard/Shop-Headgate?start=2026-11-24T02:44:11.443Z&end=2026-11-24T02:54:11.443Z',
  );
  expect(links.alarm).toContain('#alarmsV2:alarm/Shop.Headgate-limited-rate');
});

describe('sending', () => {
  const parts = (
    more: Partial<SendParts>,
  ): SendParts & { readonly published: unknown[]; readonly logged: unknown[] } => {
    const published: unknown[] = [];
    const logged: unknown[] = [];
    const log = (...texts: unknown[]): void => {
      logged.push(...texts);
    };
    return {
      gate: GATE,
      logGroup: 'the-log',
      dashboard: 'd',
      https: 'json',
      clock: () => AT,
      sleep: async () => {},
      insights: async () => evidenceOf(['client:acme', 3]),
      log: async () => evidenceOf(['client:acme', 3]),
      nearQuotas: async () => ({ found: [], count: 0 }),
      publish: async (message) => void published.push(message),
      logger: { info: log, error: log },
      published,
      logged,
      ...more,
    };
  };

  test('one message for an alarm, none for what is not the gate’s', async () => {
    const all = parts({});
    await sendReport(alarmEvent(), all);
    expect(all.published).toHaveLength(1);
    const other = alarmEvent();
    other.detail.alarmName = 'Other-limited-rate';
    await sendReport(other, all);
    expect(all.published).toHaveLength(1);
    await expect(sendReport({}, all)).rejects.toThrow(/^HG350/);
  });

  test('a fault while the report is made still sends the alarm’s name, what failed and where to look', async () => {
    let asked = 0;
    const clock = () => {
      if (++asked > 1) throw new RangeError('no clock');
      return AT;
    };
    for (const https of ['json', 'amazon-q'] as const) {
      asked = 0;
      const all = parts({ clock, https, stack: 'Shop' });
      await sendReport(alarmEvent(), all);
      const [message] = all.published as ReturnType<typeof fallbackMessage>[];
      expect(message).toEqual(
        fallbackMessage(
          {
            gate: GATE,
            stack: 'Shop',
            alarm: `${GATE}-limited-rate`,
            failure: 'HG354: RangeError: no clock',
            logGroup: 'the-log',
          },
          https,
        ),
      );
      for (const body of Object.values(message!.bodies)) {
        expect(body).toContain(`${GATE}-limited-rate`);
        expect(body).toContain('HG354: RangeError: no clock');
        expect(body).toContain('the-log');
        expect(body).toContain(body.startsWith('{"version":1') ? GATE : '`npx headgate status --stack Shop`');
      }
    }
  });

  test('what SNS gets: a body for each protocol, attributes without empty ones; a refusal is HG353', async () => {
    const sent: { input: Record<string, unknown> }[] = [];
    const message = { subject: 's', bodies: { default: 'text' }, attributes: { gate: 'g', kind: '' } };
    const client = (send: (command: { input: Record<string, unknown> }) => Promise<unknown>) =>
      ({ send }) as unknown as SNSClient;
    await publish(
      client(async (command) => sent.push(command)),
      'arn:topic',
      message,
    );
    expect(sent[0]!.input).toEqual({
      TopicArn: 'arn:topic',
      Subject: 's',
      MessageStructure: 'json',
      Message: '{"default":"text"}',
      MessageAttributes: { gate: { DataType: 'String', StringValue: 'g' } },
    });
    const refused = publish(
      client(() => Promise.reject(new Error('denied'))),
      'arn:topic',
      message,
    );
    await expect(refused).rejects.toThrow(/^HG353: the report could not be published to arn:topic/);
  });
});
