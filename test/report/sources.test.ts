import type { CloudWatchClient, GetInsightRuleReportCommandInput } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient, FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { Tally } from '../../lambda/report/evidence.ts';
import { readInsights } from '../../lambda/report/insight-source.ts';
import { readLog } from '../../lambda/report/log-source.ts';
import { GATE, recorded, recordedAnswer } from './support.ts';

const range = { from: Date.parse('2026-11-24T02:44:11.443Z'), to: Date.parse('2026-11-24T02:54:13Z') };

describe('Contributor Insights, by recorded answers', () => {
  async function read(file: string, details = true) {
    const answers = recordedAnswer(file) as Record<string, unknown>;
    const inputs: GetInsightRuleReportCommandInput[] = [];
    const send = async ({ input }: { input: GetInsightRuleReportCommandInput }) => {
      inputs.push(input);
      return answers[input.RuleName!.slice(GATE.length + 1)];
    };
    return { evidence: await readInsights({ send } as unknown as CloudWatchClient, GATE, range, details), inputs };
  }

  test('the rules are asked for whole minutes: who, and of each the tier, limits and routes', async () => {
    const { evidence, inputs } = await read('insights-one-client.json');
    const names = ['limited-subjects', 'limited-clients', 'limited-addresses'];
    expect(inputs.map(({ RuleName }) => RuleName)).toEqual(names.map((name) => `Shop.Headgate-${name}`));
    expect(inputs[0]).toMatchObject({
      StartTime: new Date('2026-11-24T02:44:00Z'),
      EndTime: new Date('2026-11-24T02:55:00Z'),
      Period: 60,
      MaxContributorCount: 100,
    });
    expect(evidence).toMatchObject({ source: 'contributor-insights', total: 1904, subjects: 3, byAddress: 44 });
    expect(evidence.offenders[0]).toEqual({
      subject: 'client:acme',
      requests: 1853,
      tier: 'free',
      limits: ['write', 'client'],
      routes: ['POST /notes', 'GET /notes'],
      since: Date.parse('2026-11-24T02:51:00Z'),
    });
  });

  test('of what is usual, only who is asked', async () => {
    const { evidence, inputs } = await read('insights-day-before.json', false);
    expect(inputs).toHaveLength(1);
    expect(evidence.offenders).toMatchObject([{ subject: 'client:acme', requests: 12 }]);
  });

  test('of more contributors than are listed, the number and the total are of all', async () => {
    const { evidence } = await read('insights-stuffing.json');
    expect(evidence).toMatchObject({ total: 10_480, subjects: 503, byAddress: 10_480 });
    expect(evidence.offenders).toHaveLength(100);
  });

  test('an empty report is nobody; an answer without its members too', async () => {
    expect((await read('insights-empty.json')).evidence).toMatchObject({ total: 0, subjects: 0, offenders: [] });
    const send = async () => ({ Contributors: [{ Keys: undefined }, {}] });
    const evidence = await readInsights({ send } as unknown as CloudWatchClient, GATE, range, true);
    expect(evidence).toMatchObject({ total: 0, subjects: 0 });
  });
});

describe('the rejection log', () => {
  const lines = recorded('rejections.jsonl').trim().split('\n');
  const page = (messages: readonly string[], nextToken?: string) => ({
    events: messages.map((message, i) => ({ message, timestamp: range.from + i })),
    ...(nextToken && { nextToken }),
  });

  async function read(answer: (input: FilterLogEventsCommandInput) => unknown, patience = 1000) {
    let now = 0;
    const inputs: FilterLogEventsCommandInput[] = [];
    const send = async ({ input }: { input: FilterLogEventsCommandInput }) => {
      inputs.push(input);
      now += 100;
      return answer(input);
    };
    const client = { send } as unknown as CloudWatchLogsClient;
    const evidence = await readLog({ client, logGroup: 'the-log', clock: () => now, patience }, range);
    return { evidence, inputs };
  }

  test('page by page, with what its lines stand for', async () => {
    const { evidence, inputs } = await read(({ nextToken }) =>
      nextToken ? page(lines.slice(2)) : page(lines.slice(0, 2), 'more'),
    );
    expect(inputs.map(({ nextToken }) => nextToken)).toEqual([undefined, 'more']);
    expect(inputs[0]).toMatchObject({ logGroupName: 'the-log', startTime: range.from, endTime: range.to });
    expect(evidence).toMatchObject({ total: 60, subjects: 2, byAddress: 1, byFailure: 0 });
    expect(evidence.incomplete).toBeUndefined();
    expect(evidence.offenders[0]).toMatchObject({ subject: 'client:acme', requests: 59, since: range.from });
  });

  test('a log that is too long for the time is read in part, and the evidence says so', async () => {
    const { evidence, inputs } = await read(() => page([lines[0]!], 'more'));
    expect(inputs).toHaveLength(10);
    expect(evidence).toMatchObject({ total: 10, incomplete: expect.stringContaining('its first 10 pages') });
  });

  test("with the logs of functions with limits of their own; one that isn't there or can't be read hides nothing", async () => {
    const client = {
      send: async ({ input: { logGroupName } }: { input: FilterLogEventsCommandInput }) => {
        if (logGroupName === 'not-run') throw Object.assign(new Error('x'), { name: 'ResourceNotFoundException' });
        if (logGroupName === 'closed') throw Object.assign(new Error('x'), { name: 'AccessDeniedException' });
        return page(logGroupName === 'the-log' ? lines.slice(0, 2) : lines.slice(2));
      },
    } as unknown as CloudWatchLogsClient;
    const source = { client, logGroup: 'the-log', clock: () => 0, patience: 1000 };
    const evidence = await readLog({ ...source, ownLogGroups: ['not-run', 'closed', 'log-in'] }, range);
    expect(evidence).toMatchObject({
      total: 60,
      incomplete: 'the log closed could not be read (AccessDeniedException)',
    });
    await expect(readLog({ ...source, logGroup: 'closed', ownLogGroups: ['log-in'] }, range)).rejects.toThrow('x');
  });

  test('a log without end leaves the others their share of the time', async () => {
    let now = 0;
    const asked: string[] = [];
    const send = async ({ input: { logGroupName = '' } }: { input: FilterLogEventsCommandInput }) => {
      asked.push(logGroupName);
      now += 100;
      return logGroupName === 'the-log' ? page([lines[0]!], 'more') : page([lines[0]!]);
    };
    const source = { client: { send } as unknown as CloudWatchLogsClient, clock: () => now, patience: 1000 };
    const evidence = await readLog({ ...source, logGroup: 'the-log', ownLogGroups: ['log-in'] }, range);
    expect(asked).toEqual([...Array(5).fill('the-log'), 'log-in']);
    expect(evidence).toMatchObject({ total: 6, incomplete: expect.stringContaining('its first 5 pages') });
  });

  test('empty pages without end come to an end', async () => {
    const { inputs } = await read(() => page([], 'more'), 1e9);
    expect(inputs).toHaveLength(40);
  });
});

test('30,000 made-up subjects and routes take bounded memory, and all are counted', () => {
  const tally = new Tally();
  for (let i = 0; i < 30_000; i++) tally.add({ subject: `address:${i}`, requests: 1, route: `GET /${i}`, limit: 'x' });
  const evidence = tally.evidence('rejection-log');
  expect(evidence).toMatchObject({ total: 30_000, subjects: 20_000, subjectsAtLeast: true });
  expect([evidence.offenders.length, evidence.routes.length]).toEqual([100, 20]);
});
