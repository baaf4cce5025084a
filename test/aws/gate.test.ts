import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { addClient, removeClient } from '../../bin/registry/clients.ts';
import type { Registry } from '../../bin/registry/registry-table.ts';
import { inFlight } from '../support/engine/in-flight.ts';
import { target } from './target.ts';

const { restUrl, httpUrl, registryTable, alarmName, pageAlarmName, client } = target();
const registry: Registry = { client: new DynamoDBClient(client), table: registryTable, now: Date.now };
const added: string[] = [];

/** A client of its own for each test, so that none meets what another has used. */
async function newKey(): Promise<string> {
  const id = `verify-${randomUUID().slice(0, 8)}`;
  added.push(id);
  return (await addClient(registry, { id, tier: 'free' })).key;
}
const post = (url: string, key: string) =>
  fetch(`${url}/notes`, { method: 'POST', headers: { 'x-api-key': key }, body: '{"text":"x"}' });

afterAll(async () => {
  for (const id of added) await removeClient(registry, id);
});

/** POST /notes takes 20 a minute in the example's policy. */
const LIMIT = 20;

describe.each([
  ['REST', restUrl],
  ['HTTP', httpUrl],
])('the %s API', (_kind, url) => {
  test('lets through exactly the limit of 60 requests at 8 at a time; each tells another number left', async () => {
    const key = await newKey();
    const answers = await inFlight(60, 8, () => post(url, key));
    const allowed = answers.filter((answer) => answer.ok);
    const left = allowed.map((answer) => Number(answer.headers.get('x-ratelimit-remaining'))).sort((a, b) => b - a);
    expect(left).toEqual(Array.from({ length: LIMIT }, (_, i) => LIMIT - 1 - i));
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(60 - LIMIT);
  }, 60_000);

  test('answers who is over the limit with 429, its headers and problem+json', async () => {
    const key = await newKey();
    const answers = await inFlight(LIMIT + 1, 8, () => post(url, key));
    const limited = answers.find((answer) => answer.status === 429)!;
    expect(limited.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(limited.headers.get('x-ratelimit-limit')).toBe(String(LIMIT));
    expect(limited.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(await limited.json()).toMatchObject({ status: 429 });
  }, 60_000);
});

const cloudwatch = new CloudWatchClient(client);
const within = async (
  ms: number,
  holds: () => Promise<boolean>,
  meanwhile: () => Promise<unknown>,
): Promise<boolean> => {
  for (const until = Date.now() + ms; Date.now() < until; await meanwhile()) if (await holds()) return true;
  return holds();
};

test('the alarm on the 429 rate goes off', async () => {
  const key = await newKey();
  const alarmed = async () => {
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarmName] }));
    return MetricAlarms?.[0]?.StateValue === 'ALARM';
  };
  // A minute counts when it is over, and metrics from a log arrive late: the load goes on until the alarm has seen it.
  const load = () => inFlight(40, 8, () => post(restUrl, key)).then(() => sleep(5_000));
  expect(await within(6 * 60_000, alarmed, load)).toBe(true);
}, 400_000);

// The local AWS keeps no history of alarm actions and has no key policies: there is nothing to be tried there.
if (client.endpoint === undefined) {
  test('CloudWatch can publish to the topic under its own key', async () => {
    const request = new DescribeAlarmHistoryCommand({
      AlarmName: pageAlarmName,
      AlarmTypes: ['CompositeAlarm'],
      HistoryItemType: 'Action',
    });
    let summary: string | undefined;
    const acted = async () => {
      summary = (await cloudwatch.send(request)).AlarmHistoryItems?.[0]?.HistorySummary;
      return summary !== undefined;
    };
    await within(60_000, acted, () => sleep(5_000));
    expect(summary).toMatch(/^Successfully executed action arn:aws[a-z-]*:sns:/);
  }, 90_000);
}
