import type { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { register as status } from '../../bin/commands/status.ts';
import { register as top } from '../../bin/commands/top.ts';
import type { OnCall } from '../../bin/on-call/connect.ts';
import { findCountersTable } from '../../bin/on-call/find-counters.ts';
import { readAlarms } from '../../bin/on-call/gate-alarms.ts';
import { DeployedPolicyError } from '../../bin/on-call/on-call-error.ts';
import { parseCounted } from '../../bin/on-call/reset-subject.ts';
import { sleepUnlessAborted, watch } from '../../bin/on-call/watch.ts';
import { compilePolicy } from '../../lambda/policy/parse.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { run, temporaryFolder } from './run.ts';

const NOW = Date.parse('2026-11-24T02:55:00Z');
const inFolder = temporaryFolder();

const NOT_READ = new DeployedPolicyError(new Error('not authorized'));

/** A gate whose services answer as `answers` say, by the command's name; an Error is thrown. */
function onCall(answers: Readonly<Record<string, unknown>>, deployed: Policy | Error = NOT_READ): OnCall {
  const send = async ({ constructor: { name } }: { constructor: { name: string } }) => {
    const answer = answers[name];
    if (answer instanceof Error) throw answer;
    return answer ?? {};
  };
  const client = { send } as unknown as CloudWatchClient & CloudWatchLogsClient & OnCall['registry']['client'];
  return {
    gate: { stack: 'Shop', gate: 'Shop.Headgate', registryTable: 'r', functionArn: 'a', logGroup: 'log' },
    registry: { client, table: 'r', now: () => NOW },
    cloudwatch: client,
    logs: client,
    deployedPolicy: async () => {
      if (deployed instanceof Error) throw deployed;
      return deployed;
    },
    clock: () => NOW,
  };
}
const line = (subject: string, represents: number, more: object = {}) => ({
  timestamp: NOW - 60_000,
  message: JSON.stringify({
    event: 'limited',
    subject,
    limit: 'read',
    tier: 'free',
    route: 'GET /notes',
    represents,
    ...more,
  }),
});
const LINES = {
  events: [line('client:acme', 90), line('address:192.0.2.1', 9), line('client:$(reboot)', 1, { limit: 'write' })],
};
const runTop = (answers: Readonly<Record<string, unknown>>, ...args: string[]) =>
  run([(program) => top(program, async () => onCall(answers))], ['top', ...args]);

describe('headgate top', () => {
  const INSIGHTS = {
    GetInsightRuleReportCommand: {
      AggregateValue: 120,
      ApproximateUniqueCount: 2,
      Contributors: [
        { Keys: ['client:acme'], ApproximateAggregateValue: 100, Datapoints: [{ Timestamp: new Date(NOW - 120_000) }] },
        { Keys: ['address:192.0.2.1'], ApproximateAggregateValue: 20, Datapoints: [] },
      ],
    },
  };

  test('by Contributor Insights: subject, kind, share and since', async () => {
    const { exitCode, out, err } = await runTop(INSIGHTS, '--stack', 'Shop');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^client:acme +client +83\.3 % +100 .*02:53:00$/m);
    expect(out).toMatch(/^address:192\.0\.2\.1 +address +16\.7 % +20/m);
    expect(err).toContain('120 turned away from 02:40:00 to 02:55:00 UTC (Contributor Insights)');
    expect(err).toContain('npx headgate block client:acme --for 1h --stack Shop\n');
  });

  test('by the rejection log where Contributor Insights fails, which is said', async () => {
    const answers = { GetInsightRuleReportCommand: new Error('no such rule'), FilterLogEventsCommand: LINES };
    const { out, err } = await runTop(answers, '--since', '2h');
    expect(out).toMatch(/^client:acme +client +90\.0 % +90 +free +read +GET \/notes +02:54:00$/m);
    expect(err).toContain('from 00:55:00 to 02:55:00 UTC (the rejection log)');
    expect(err).toContain('Contributor Insights could not be asked: Error: no such rule');
  });

  test('by the rejection log where Contributor Insights knows nobody yet', async () => {
    const { out } = await runTop({ FilterLogEventsCommand: LINES }, '--top', '1', '--json');
    const found = JSON.parse(out);
    expect(found).toMatchObject({
      source: 'rejection-log',
      kind: 'one-client',
      requests: 100,
      subjects: 3,
      missing: [],
    });
    expect(found.offenders).toMatchObject([{ subject: 'client:acme', sharePercent: 90, limits: ['read'] }]);
  });

  test('with the day where the time that is looked at has two', async () => {
    const { out, err } = await runTop({ FilterLogEventsCommand: LINES }, '--since', '24h');
    expect(err).toContain('from 11-23 02:55:00 to 11-24 02:55:00 UTC');
    expect(out).toMatch(/^client:acme .* 11-24 02:54:00$/m);
  });

  test('a name that would mean something to a shell never stands in a command', async () => {
    const { err } = await runTop({ FilterLogEventsCommand: { events: [line('client:$(reboot)', 5)] } });
    expect(err).toContain('5 turned away');
    expect(err).not.toContain('headgate block');
  });

  test('nobody, and nobody who could tell', async () => {
    expect(await runTop({})).toMatchObject({ exitCode: 0, err: expect.stringContaining('Nobody was turned away') });
    const failed = await runTop({
      GetInsightRuleReportCommand: new Error('a'),
      FilterLogEventsCommand: new Error('b'),
    });
    expect(failed).toMatchObject({ exitCode: 1, err: expect.stringMatching(/HG272: .*Error: a; .*Error: b/) });
  });

  describe('--watch', () => {
    const watched = (answers: Readonly<Record<string, unknown>>, isTerminal: boolean, ...args: string[]) => {
      let now = 0;
      const sleep = async (ms: number) => {
        now += ms;
      };
      const world = { clock: () => now, sleep, isTerminal: () => isTerminal };
      return run([(program) => top(program, async () => onCall(answers), world)], ['top', '--watch', ...args]);
    };
    const CLEAR = '\u001b[H\u001b[J';

    test('one document a line every 5 s, as long as it is wanted', async () => {
      const { exitCode, out } = await watched({ FilterLogEventsCommand: LINES }, true, '--for', '15s', '--json');
      const lines = out.trimEnd().split('\n');
      expect([exitCode, lines.length]).toEqual([0, 3]);
      for (const one of lines) expect(JSON.parse(one)).toMatchObject({ requests: 100, source: 'rejection-log' });
    });

    test('drawn in place for somebody who looks at it, one below the other in a file', async () => {
      const drawn = await watched({ FilterLogEventsCommand: LINES }, true, '--for', '10s');
      expect(drawn.out.split(CLEAR)).toHaveLength(3);
      const file = await watched({ FilterLogEventsCommand: LINES }, false, '--for', '10s');
      expect([file.out.split('client:acme').length, file.out.includes(CLEAR)]).toEqual([3, false]);
    });

    test('what fails from the beginning is an error, what fails later is said and tried again', async () => {
      const bad = { GetInsightRuleReportCommand: new Error('a'), FilterLogEventsCommand: new Error('b') };
      expect(await watched(bad, true, '--for', '1h')).toMatchObject({
        exitCode: 1,
        err: expect.stringContaining('HG272'),
      });
      let asked = 0;
      const failures: unknown[] = [];
      await watch(
        async () => {
          if (++asked === 2) throw new Error('for once');
        },
        {
          everyMs: 5000,
          forMs: 15_000,
          clock: () => (asked - 1) * 5000,
          sleep: async () => undefined,
          onFailure: (error) => failures.push(error),
          signal: new AbortController().signal,
        },
      );
      expect([asked, failures]).toEqual([3, [new Error('for once')]]);
    });

    test('ends when it is interrupted, also between two rounds', async () => {
      const interruption = new AbortController();
      let asked = 0;
      const round = async () => {
        asked++;
        setImmediate(() => interruption.abort());
      };
      const parts = { everyMs: 3_600_000, clock: () => 0, sleep: sleepUnlessAborted, onFailure: () => undefined };
      await watch(round, { ...parts, signal: interruption.signal });
      expect(asked).toBe(1);
    });

    test('--for says how long to watch, and nothing else', async () => {
      expect(await runTop({}, '--for', '10s')).toMatchObject({ exitCode: 2, err: expect.stringContaining('--watch') });
    });
  });

  test.each([
    ['--since', '25h'],
    ['--since', 'x'],
    ['--top', '0'],
    ['--top', '1.5'],
  ])('%s %s is refused', async (...args) => {
    expect((await runTop({}, ...args)).exitCode).toBe(2);
  });
});

describe('headgate status', () => {
  const at = (minutes: number) => new Date(NOW - minutes * 60_000);
  const ANSWERS = {
    DescribeAlarmsCommand: {
      MetricAlarms: [
        { AlarmName: 'Shop.Headgate-doctor', StateValue: 'OK', StateReason: 'fine' },
        {
          AlarmName: 'Shop.Headgate-limited-rate',
          StateValue: 'ALARM',
          StateReason: '20 > 10',
          StateUpdatedTimestamp: at(4),
        },
        { AlarmName: 'Shop.Headgate-eu-limited-rate', StateValue: 'ALARM', StateReason: 'of another gate' },
      ],
    },
    GetMetricDataCommand: {
      MetricDataResults: [
        { Id: 's0', Timestamps: [at(1), at(30)], Values: [10, 100] },
        { Id: 's1', Timestamps: [at(2), at(59)], Values: [7, 1] },
        { Id: 's6', Timestamps: [at(20)], Values: [3] },
        { Id: 'l0', Timestamps: [at(2), at(40)], Values: [7, 5] },
        { Id: 'store', Timestamps: [at(10), at(5)], Values: [9.87, 4.25] },
      ],
    },
    QueryCommand: {
      Count: 3,
      Items: [
        {
          pk: { S: 'blocks' },
          sk: { S: '#override#read' },
          rate: { S: '1/minute' },
          until: { N: String(NOW / 1000 + 600) },
          at: { S: 'then' },
          by: { S: 'ann' },
        },
      ],
    },
  };
  const policy = inFolder('headgate.yaml', 'limits: { read: { per: client, rate: 60/minute } }');
  const runStatus = (answers: Readonly<Record<string, unknown>>, ...args: string[]) =>
    run([(program) => status(program, async () => onCall(answers))], ['status', ...args]);

  test('alarms that are on, what limits, overrides, blocks, rates, the store', async () => {
    const { exitCode, out, err } = await runStatus(ANSWERS, '--policy', policy);
    expect(exitCode).toBe(0);
    for (const text of [
      'Shop.Headgate (stack Shop), 2026-11-24 02:55:00 UTC',
      '1 on of 2',
      'ALARM  limited-rate (page) since 02:51:00 UTC: 20 > 10',
      'read is 1/minute until 2026-11-24T03:05:00.000Z (by ann)',
      '3 blocks',
      'no failure in 5 minutes; p99: a write 4.3 ms',
    ]) {
      expect(out).toContain(text);
    }
    expect(out).toMatch(/^read +client +7 +overridden; the policy: 60\/minute$/m);
    expect(out).toMatch(/^Allowed +10 +110$/m);
    expect(out).toMatch(/^Limited +7 +8$/m);
    expect(out).toMatch(/^StoreErrors +0 +3$/m);
    expect(err).toMatch(/npx headgate top.*npx headgate doctor/);
  });

  test('pages before tickets, and the alarm that speaks for them last, without a reason of its own', async () => {
    const alarm = (id: string) => ({ AlarmName: `Shop.Headgate-${id}`, StateValue: 'ALARM', StateReason: `of ${id}` });
    const DescribeAlarmsCommand = {
      CompositeAlarms: [alarm('callers-page')],
      MetricAlarms: [alarm('doctor'), alarm('limited-rate')],
    };
    const { out } = await runStatus({ ...ANSWERS, DescribeAlarmsCommand }, '--policy', policy);
    expect([...out.matchAll(/^ {2}ALARM {2}(\S+).*?: (.*)$/gm)].map(([, id, why]) => [id, why])).toEqual([
      ['limited-rate', 'of limited-rate'],
      ['doctor', 'of doctor'],
      ['callers-page', 'its message speaks for those above'],
    ]);
  });

  test('what cannot be read is named, and the rest is shown', async () => {
    const answers = { ...ANSWERS, DescribeAlarmsCommand: new Error('denied') };
    const { exitCode, out, err } = await runStatus(answers, '--policy', policy);
    expect(exitCode).toBe(0);
    expect(out).toContain('3 blocks');
    expect(err).toContain('not found out The alarms could not be read: Error: denied');
    const json = JSON.parse((await runStatus(answers, '--policy', policy, '--json')).out);
    expect(json).toMatchObject({
      blocks: 3,
      limits: [{ limit: 'read', limited: 7 }],
      missing: [expect.any(String)],
      limitsFrom: 'file',
    });
    expect(json.alarms).toBeUndefined();
  });

  test('a policy with errors is no policy', async () => {
    const bad = inFolder('bad.yaml', 'limits: { read: { per: nobody } }');
    expect(await runStatus(ANSWERS, '--policy', bad)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('HG202'),
    });
  });

  describe('the limits of the deployed policy', () => {
    const deployed = compilePolicy('limits: { read: { per: client, rate: 30/minute } }', 'deployed');
    const statusOf = async (policy: Policy | Error, ...args: string[]) =>
      run([(program) => status(program, async () => onCall(ANSWERS, policy))], ['status', ...args]);

    test('without any file at hand', async () => {
      const { exitCode, out, err } = await statusOf(deployed);
      expect([exitCode, out]).toEqual([
        0,
        expect.stringMatching(/^read +client +7 +overridden; the policy: 30\/minute$/m),
      ]);
      expect(err).not.toContain('headgate.yaml');
      expect(JSON.parse((await statusOf(deployed, '--json')).out)).toMatchObject({ limitsFrom: 'deployed', notes: [] });
    });

    test('each limit on a line that a screen has room for', async () => {
      const { out } = await statusOf(
        compilePolicy(
          `tiers: [free, gold]
limits:
  all: { per: client, rate: { free: 60/minute, gold: 600/minute }, algorithm: token-bucket, burst: { free: 20, gold: 200 } }
  queue: { per: client, rate: 10/second, algorithm: leaky-bucket, queue: 5, mode: shadow }`,
          'deployed',
        ),
      );
      expect(out).toMatch(
        /^all +client +7 +free 60\/minute with a burst of 20; gold 600\/minute with a burst of 200$/m,
      );
      expect(out).toMatch(/^queue +client +0 +10\/second, 5 waiting \(shadow\)$/m);
    });

    test('nothing else waits for it', async () => {
      let resolve = (): void => undefined;
      const alarmsAsked = new Promise<void>((done) => {
        resolve = done;
      });
      const world = onCall(ANSWERS);
      const cloudwatch = {
        send: (command: DescribeAlarmsCommand) => {
          if (command.constructor.name === 'DescribeAlarmsCommand') resolve();
          return world.cloudwatch.send(command);
        },
      } as unknown as CloudWatchClient;
      const deployedPolicy = () => alarmsAsked.then(() => deployed);
      const { out } = await run(
        [(program) => status(program, async () => ({ ...world, cloudwatch, deployedPolicy }))],
        ['status'],
      );
      expect(out).toMatch(/^read +client +7 /m);
    });

    test('limits of a form that this version does not know hide nothing else', async () => {
      const newer = { ...deployed, limits: [{ name: 'read', per: 'client', mode: 'enforce' }] } as unknown as Policy;
      const { exitCode, out, err } = await statusOf(newer);
      expect(exitCode).toBe(0);
      expect(out).toContain('limited-rate');
      expect(err).toContain('not found out The limits');
    });

    test('before a file that says something else, which is said', async () => {
      const { out, err } = await statusOf(deployed, '--policy', policy);
      expect(out).toContain('the policy: 30/minute');
      expect(err).toContain(`${policy} says something else than what is deployed (read); the deployed policy is used.`);
    });

    test('before a file with errors', async () => {
      const { exitCode, err } = await statusOf(deployed, '--policy', inFolder('worse.yaml', 'limits: 3'));
      expect([exitCode, err]).toEqual([
        0,
        expect.stringContaining('worse.yaml has errors; the deployed policy is used'),
      ]);
    });

    test('where it cannot be read and there is no file, the rest is shown', async () => {
      const { exitCode, out, err } = await statusOf(NOT_READ);
      expect([exitCode, out]).toEqual([0, expect.stringContaining('3 blocks')]);
      expect(err).toContain('not found out The limits: HG273: the deployed policy could not be read: not authorized');
    });

    test('a file stands in where it cannot be read, which is said', async () => {
      const { out, err } = await statusOf(NOT_READ, '--policy', policy);
      expect(out).toContain('60/minute');
      expect(err).toContain(`not authorized. ${policy} is used instead: it has to be what is deployed.`);
    });
  });

  test('all pages of alarms, those that are on first', async () => {
    const pages = [
      { MetricAlarms: [{ AlarmName: 'g-b', StateValue: 'OK' }], NextToken: 'x' },
      {
        CompositeAlarms: [{ AlarmName: 'g-z', StateValue: 'ALARM' }],
        MetricAlarms: [{ AlarmName: 'g-a', StateValue: 'OK' }],
      },
    ];
    const client = { send: async () => pages.shift() } as unknown as CloudWatchClient;
    expect((await readAlarms(client, 'g')).map(({ id }) => id)).toEqual(['z', 'a', 'b']);
  });
});

describe('whose counters a reset is for', () => {
  test.each([
    ['client:acme', 'client:acme'],
    ['client:jwt:auth0=7C7f3a', 'client:jwt:auth0=7C7f3a'],
    [`client:#${'a'.repeat(43)}`, `client:#${'a'.repeat(43)}`],
    ['address:203.0.113.7', 'address:203.0.113.7'],
    ['address:2001:db8:1:2:3::4', 'address:2001:db8:1:2::/64'],
    ['address:2001:db8:1:2::/64', 'address:2001:db8:1:2::/64'],
    ['address:::ffff:203.0.113.7', 'address:203.0.113.7'],
    ['all', 'all'],
    ['route:post  /exports', 'route:POST /exports'],
    ['route:ANY /reports/*', 'route:ANY /reports/*'],
  ])('%s is %s', (text, subject) => expect(parseCounted(text)).toBe(subject));

  test.each([
    'acme',
    '',
    'client:',
    'client:a b',
    'client:#short',
    'address:203.0.113.0/24',
    'address:1.2.3.4/64',
    'route:/x',
    'all:x',
    'key:x',
  ])('%j is nobody', (text) => expect(() => parseCounted(text)).toThrow('HG201'));
});

describe('the counters table', () => {
  const client = (outputs: readonly string[]) => () =>
    ({
      send: async () => ({
        Stacks: outputs.map((value) => ({
          StackName: 'Shop',
          Outputs: [{ OutputKey: 'HeadgateHeadgateCountersTable12', OutputValue: value }],
        })),
      }),
    }) as never;

  test('is that of the only stack; none, several and a registry without it are refused', async () => {
    expect(await findCountersTable({}, client(['t']), {})).toBe('t');
    expect(await findCountersTable({ counters: 'mine', registry: 'r' }, client([]), {})).toBe('mine');
    await expect(findCountersTable({}, client([]), {})).rejects.toThrow('HG271');
    await expect(findCountersTable({}, client(['a', 'b']), {})).rejects.toThrow('a (stack Shop), b (stack Shop)');
    await expect(findCountersTable({ registry: 'r' }, client(['t']), {})).rejects.toThrow('HG271');
    await expect(findCountersTable({}, client(['t']), { HEADGATE_REGISTRY_TABLE: 'r' })).rejects.toThrow('HG271');
    expect(await findCountersTable({ stack: 'Shop' }, client(['t']), { HEADGATE_REGISTRY_TABLE: 'r' })).toBe('t');
  });
});
