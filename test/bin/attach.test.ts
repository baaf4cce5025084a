import type { ApiPlan, AttachClients } from '../../bin/attach/attachments.ts';
import { register } from '../../bin/commands/attach.ts';
import type { Plan } from '../../lambda/attach/plan.ts';
import { run, temporaryFolder } from './run.ts';

const file = temporaryFolder();
const POLICY = file(
  'headgate.yaml',
  `apis:
  - { restApi: abcdef1234, stage: prod }
  - { httpApi: fedcba4321, stage: $default, routes: [POST /login] }
limits:
  all: { per: all, rate: 60/minute }
`,
);
const NOTHING: Plan = {
  changes: [],
  restores: [],
  kept: [],
  settled: [],
  left: [],
  obstacles: [],
  publishes: false,
  unpublished: [],
};
const CHANGES: Plan = {
  ...NOTHING,
  changes: [
    {
      key: 'method POST /notes',
      text: 'POST /notes: ask the authorizer',
      route: 'POST /notes',
      present: null,
      wanted: 1,
    },
  ],
  left: [{ route: 'GET /me', reason: 'it has IAM authorization', waysOn: ['the middleware'] }],
  publishes: true,
};
const STOPPED: Plan = {
  ...NOTHING,
  obstacles: [{ what: 'it can refuse requests', where: 'the resource policy', waysOn: ['a', 'b'] }],
};

function clients(plans: Readonly<Record<string, Plan | undefined>>, attached: string[] = []) {
  const fake: AttachClients = {
    gate: async () => undefined,
    plan: async (api): Promise<ApiPlan> => {
      const plan = plans[api.apiId];
      return plan === undefined ? { api } : { api, plan };
    },
    attached: async () => ({ gate: GATE, apis: APIS, protectedApis: [{ kind: 'rest', apiId: 'own1234567' }] }),
    attach: async (api) => {
      attached.push(api.apiId);
      return {
        done: true,
        changed: api.kind === 'rest' ? ['method POST /notes'] : [],
        restored: [],
        kept: [],
        left: [],
      };
    },
  };
  return [(program: Parameters<typeof register>[0]) => register(program, async () => fake)];
}
const GATE = { stack: 'Shop', gate: 'Shop.Gate', registryTable: 'registry', functionArn: 'arn' };
const APIS = [
  { kind: 'rest', apiId: 'abcdef1234', stage: 'prod' },
  { kind: 'http', apiId: 'fedcba4321', stage: '$default' },
] as const;
const policy = ['--policy', POLICY];

test('--plan shows route by route what is touched and what is not, and attaches nothing', async () => {
  const attached: string[] = [];
  const plans = { abcdef1234: CHANGES, fedcba4321: NOTHING };
  const { exitCode, out, err } = await run(clients(plans, attached), ['attach', '--plan', ...policy]);
  expect(out).toBe(
    [
      'REST API abcdef1234, stage prod',
      '  changes  POST /notes: ask the authorizer',
      '  leaves   GET /me: it has IAM authorization',
      '           ways on: the middleware',
      '  deploys  the API to the stage prod',
      'HTTP API fedcba4321, stage $default',
      '  nothing to change',
      '',
    ].join('\n'),
  );
  expect(err).toContain('Nothing was touched.');
  expect([exitCode, attached]).toEqual([0, []]);
});

test('what would stop the deployment is exit code 1, and so is an API that does not exist', async () => {
  const stopped = await run(clients({ abcdef1234: STOPPED, fedcba4321: undefined }), ['attach', '--plan', ...policy]);
  expect(stopped.exitCode).toBe(1);
  expect(stopped.out).toContain('stops    the resource policy: it can refuse requests\n           ways on: a, or b');
  expect(stopped.out).toContain('there is no such API');
  expect(stopped.err).toContain('2 of 2 would stop the deployment');
});

test('--json is for programs', async () => {
  const { out } = await run(clients({ abcdef1234: CHANGES }), ['attach', '--plan', '--json', ...policy]);
  expect(JSON.parse(out)).toMatchObject({
    deployed: false,
    ok: false,
    apis: [
      { kind: 'rest', apiId: 'abcdef1234', exists: true, changes: CHANGES.changes, publishes: true },
      { kind: 'http', apiId: 'fedcba4321', exists: false },
    ],
  });
});

test('--repair attaches every API again and says what was done', async () => {
  const attached: string[] = [];
  const { exitCode, out } = await run(clients({}, attached), ['attach', '--repair']);
  expect(attached).toEqual(['abcdef1234', 'fedcba4321']);
  expect(out).toBe(
    'REST API abcdef1234, stage prod: attached method POST /notes\nHTTP API fedcba4321, stage $default: it was as deployed\n' +
      'REST API own1234567: left alone, its own stack protects it; `headgate doctor` examines it\n',
  );
  expect(exitCode).toBe(0);
});

test.each([
  [[], 2, 'either --plan or --repair'],
  [['--plan', '--repair'], 2, 'either --plan or --repair'],
  [['--plan', '--policy', '/nowhere.yaml'], 1, 'there is no file'],
])('%j is refused', async (args, code, text) => {
  const { exitCode, err } = await run(clients({}), ['attach', ...args]);
  expect(exitCode).toBe(code);
  expect(err).toContain(text);
});

test('a policy without apis has nothing to attach to', async () => {
  const plain = file('plain.yaml', 'limits:\n  all: { per: all, rate: 60/minute }\n');
  const { exitCode, err } = await run(clients({}), ['attach', '--plan', '--policy', plain]);
  expect(exitCode).toBe(1);
  expect(err).toContain('names no `apis`');
});
