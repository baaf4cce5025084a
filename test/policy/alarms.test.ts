import fc from 'fast-check';
import { ALARM_CATALOGUE, ALARM_IDS, alarmDescription } from '../../lambda/policy/alarm-catalogue.ts';
import { resolveRule, ruleProblems } from '../../lambda/policy/alarms.ts';
import { parsePolicy } from '../../lambda/policy/parse.ts';

const parse = (...alarms: string[]) =>
  parsePolicy(
    `limits:\n  a: { per: client, rate: 60/minute }\nalarms:\n${alarms.map((line) => `  ${line}\n`).join('')}`,
  );

describe('alarms', () => {
  test('receivers, a runbook and rules', () => {
    const { deployment, problems } = parse(
      'page:',
      '  topic: arn:aws:sns:eu-west-1:123456789012:on-call',
      '  email: on-call@example.com',
      '  https: [https://events.pagerduty.com/integration/abc/enqueue, https://api.opsgenie.com/v1/json?apiKey=x]',
      'ticket:',
      '  slack: { workspace: T0123ABCD, channel: C0123ABCD }',
      'runbook: https://wiki.example.com/headgate',
      'limited-rate: { threshold: 20, minimum: 500, periods: 3, datapoints: 2, severity: ticket }',
      'quota-near: { severity: none }',
    );
    expect(problems).toEqual([]);
    expect(deployment!.alarms).toEqual({
      page: {
        topic: 'arn:aws:sns:eu-west-1:123456789012:on-call',
        email: ['on-call@example.com'],
        https: ['https://events.pagerduty.com/integration/abc/enqueue', 'https://api.opsgenie.com/v1/json?apiKey=x'],
      },
      ticket: { email: [], https: [], slack: { workspace: 'T0123ABCD', channel: 'C0123ABCD' } },
      runbook: 'https://wiki.example.com/headgate',
      rules: {
        'limited-rate': { threshold: 20, minimum: 500, periods: 3, datapoints: 2, severity: 'ticket' },
        'quota-near': { severity: 'none' },
      },
    });
  });

  test('without the key nothing differs, and with it nothing travels in the functions', () => {
    const plain = parsePolicy('limits:\n  a: { per: client, rate: 60/minute }\n');
    expect(plain.deployment!.alarms).toEqual({ rules: {} });
    expect(parse('page: { email: a@b.example }').policy).toEqual(plain.policy);
  });

  test.each([
    ['limited-rate: { threshold: 101 }', 'HG136', 'alarms.limited-rate.threshold', '0.1 to 100 %'],
    ['limited-rate: { minimum: 0 }', 'HG136', 'alarms.limited-rate.minimum', 'a whole number of requests from 1'],
    ['many-limited: { minimum: 5 }', 'HG136', 'alarms.many-limited.minimum', expect.stringContaining('no minimum')],
    ['store-errors: { periods: 61 }', 'HG136', 'alarms.store-errors.periods', '1 to 60'],
    ['store-errors: { periods: 2, datapoints: 3 }', 'HG136', 'alarms.store-errors.datapoints', '1 to 2 (periods)'],
    ['doctor: { periods: 2 }', 'HG136', 'alarms.doctor.periods', '1'],
    ['limited-rate: { threshold: ten }', 'HG106', 'alarms.limited-rate.threshold', 'a number'],
    ['limited-rate: { treshold: 10 }', 'HG105', 'alarms.limited-rate.treshold', expect.any(String)],
    ['limited-rat: { threshold: 10 }', 'HG105', 'alarms.limited-rat', expect.any(String)],
    ['limited-rate: { severity: off }', 'HG107', 'alarms.limited-rate.severity', 'page, ticket, none'],
    ['page: { email: nobody }', 'HG137', 'alarms.page.email', 'name@example.com'],
    ['page: { email: [a@b.example, 5] }', 'HG137', 'alarms.page.email[1]', 'name@example.com'],
    ['page: { https: "http://example.com" }', 'HG137', 'alarms.page.https', 'https://...'],
    ['runbook: https://example.com/a#b', 'HG137', 'alarms.runbook', 'https://...'],
    ['page: { topic: on-call }', 'HG138', 'alarms.page.topic', expect.any(String)],
    ['page: { topic: "arn:aws:sns:eu-west-1:123456789012:a.fifo" }', 'HG138', 'alarms.page.topic', expect.any(String)],
    [
      'page: { slack: { workspace: T0123ABCD, channel: "#on-call" } }',
      'HG139',
      'alarms.page.slack.channel',
      expect.any(String),
    ],
    ['page: { slack: { workspace: T0123ABCD } }', 'HG106', 'alarms.page.slack.channel', 'channel'],
  ])('%s: %s at %s', (line, code, path, allowed) => {
    const { policy, problems } = parse(line);
    expect(policy).toBeUndefined();
    expect(problems.map((problem) => [problem.code, problem.path, problem.allowed])).toEqual([[code, path, allowed]]);
    expect(problems[0]!.line).toBe(4);
  });

  test('more receivers than SNS should fan out to are refused', () => {
    const many = Array.from({ length: 21 }, (_, i) => `a${i}@example.com`).join(', ');
    expect(parse(`page: { email: [${many}] }`).problems.map(({ code }) => code)).toEqual(['HG137']);
  });

  test('a wrong address, which may hold a key, is shown nowhere', () => {
    const { problems } = parse('page: { https: "http://example.com/secret-key", email: secret-key }');
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain('secret-key');
  });

  test('whatever stands there is read or reported', () => {
    const values = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string(), { minLength: 1 }),
    );
    const places = fc.constantFrom('topic', 'email', 'https', 'slack', 'other');
    fc.assert(
      fc.property(places, values, (key, value) => {
        const { deployment, problems } = parse(`page: { ${key}: ${JSON.stringify(value)} }`);
        expect(deployment === undefined).toBe(problems.length > 0);
        if (deployment) expect([value].flat()).toEqual([Object.values(deployment.alarms.page!).flat()].flat());
      }),
      { numRuns: 100 },
    );
  });
});

describe('the catalogue', () => {
  test.each(ALARM_IDS)('%s: its defaults are within its own bounds', (id) => {
    const { threshold, minimum, periods, datapoints } = alarmDescription(id);
    const rule = { threshold: threshold.default, periods, datapoints, ...(minimum && { minimum: minimum.default }) };
    expect(ruleProblems(id, rule)).toEqual([]);
    expect(resolveRule(id)).toEqual({ severity: ALARM_CATALOGUE[id].severity, minimum: 0, ...rule });
  });

  test('fewer periods want fewer datapoints where nothing is said', () => {
    expect(resolveRule('limited-rate', { periods: 1 })).toMatchObject({ periods: 1, datapoints: 1 });
  });
});
