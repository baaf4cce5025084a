import type { ApiPlan, AttachClients } from '../../bin/attach/attachments.ts';
import { deployedAttachments } from '../../bin/attach/deployed-attachments.ts';
import type { ApiDetachment } from '../../bin/attach/detach-text.ts';
import { register } from '../../bin/commands/attach.ts';
import type { DetachPlan } from '../../lambda/attach/detach-plan.ts';
import type { Json } from '../../lambda/attach/model.ts';
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

function clients(
  plans: Readonly<Record<string, Plan | undefined>>,
  attached: string[] = [],
  deployed: Partial<AttachClients> = {},
) {
  const fake: AttachClients = {
    gate: async () => undefined,
    plan: async (api): Promise<ApiPlan> => {
      const plan = plans[api.apiId];
      return plan === undefined ? { api } : { api, plan };
    },
    inStack: async () => [],
    planDetaching: async (api) => ({ api }),
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
  return [(program: Parameters<typeof register>[0]) => register(program, async () => ({ ...fake, ...deployed }))];
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

test("the policy's headers go into the plan", async () => {
  const given: unknown[] = [];
  const plan: AttachClients['plan'] = async (api, headers) => {
    given.push(headers);
    return { api, plan: NOTHING };
  };
  const withHeaders = file(
    'headers.yaml',
    'apis:\n  - { restApi: abcdef1234, stage: prod }\nheaders: [ratelimit]\nlimits:\n  all: { per: all, rate: 60/minute }\n',
  );
  await run(clients({}, [], { plan }), ['attach', '--plan', '--policy', withHeaders]);
  expect(given).toEqual([['ratelimit']]);
});

test('--repair says what it could not do', async () => {
  const reason = 'API Gateway refused UpdateStage (BadRequestException): no role';
  const left = [{ route: 'access log', reason, waysOn: ['give the account a role for logs'] }];
  const attach = async () => ({ done: true, changed: [], restored: [], kept: [], left });
  const { out } = await run(clients({}, [], { attach }), ['attach', '--repair']);
  expect(out).toContain(`leaves   access log: ${reason}\n           ways on: give the account a role for logs\n`);
});

test('--repair attaches every API again and says what was done', async () => {
  const attached: string[] = [];
  const { exitCode, out } = await run(clients({}, attached), ['attach', '--repair']);
  expect(attached).toEqual(['abcdef1234', 'fedcba4321']);
  expect(out).toBe(
    'REST API abcdef1234, stage prod: attached method POST /notes\nHTTP API fedcba4321, stage $default: it was as deployed\n' +
      'REST API own1234567: left alone, its own stack protects it; `npx headgate doctor` examines it\n',
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

describe('what the policy does not name any more', () => {
  const record = (key: string, before: Json) => ({ key, before, after: 1, at: 0 });
  const DETACHES: DetachPlan = {
    restores: [record('method GET /notes', { authorizationType: 'NONE' })],
    kept: [record('method POST /notes', null)],
    stages: [
      { stage: 'prod', to: 'd1' },
      { stage: 'old', to: null },
    ],
    authorizer: true,
    obstacles: [],
  };
  const STAYS: DetachPlan = {
    ...DETACHES,
    obstacles: [{ what: 'it asks the authorizer (HG244)', where: 'stage "dev"', waysOn: ['deploy it again'] }],
  };
  const deployed = (...gone: [ApiDetachment['api'], DetachPlan?][]): Partial<AttachClients> => ({
    gate: async () => GATE,
    inStack: async () => [{ kind: 'rest', apiId: 'abcdef1234' }, ...gone.map(([api]) => api)],
    planDetaching: async (api) => {
      const plan = gone.find(([one]) => one.apiId === api.apiId)?.[1];
      return { api, ...(plan && { plan }) };
    },
  });
  const plans = { abcdef1234: NOTHING, fedcba4321: NOTHING };
  const GONE = { kind: 'rest', apiId: 'gone123456' } as const;

  test('is shown with what it gets back and what stays', async () => {
    const { exitCode, out, err } = await run(clients(plans, [], deployed([GONE, DETACHES])), [
      'attach',
      '--plan',
      ...policy,
    ]);
    expect(out.split('\n').slice(4)).toEqual([
      'REST API gone123456: attached, and not in the policy any more',
      '  restores method GET /notes: as it was before',
      '  keeps    method POST /notes: somebody else has changed it since',
      '  restores stage prod: to the deployment d1, which it served before',
      '  deploys  the API to the stage old: its deployment from before is not what its owner serves now',
      '  removes  authorizer "headgate-Shop-Gate"',
      '',
    ]);
    expect(err).toContain('`gate.attach()` stays attached');
    expect(exitCode).toBe(0);
  });

  test('what would stop it is exit code 1', async () => {
    const { exitCode, out, err } = await run(clients(plans, [], deployed([GONE, STAYS])), [
      'attach',
      '--plan',
      ...policy,
    ]);
    expect(out).toContain('stops    stage "dev": it asks the authorizer (HG244)\n           ways on: deploy it again');
    expect(err).toContain('1 of 3 would stop');
    expect(exitCode).toBe(1);
  });

  test('a policy whose last entry went is no error, and an API that is gone has nothing to get back', async () => {
    const last = file('last.yaml', 'limits:\n  all: { per: all, rate: 60/minute }\n');
    const args = ['attach', '--plan', '--policy', last];
    const { exitCode, out } = await run(clients({}, [], deployed([{ kind: 'http', apiId: 'fedcba4321' }])), args);
    expect(out).toContain('REST API abcdef1234: attached, and not in the policy any more');
    expect(out).toContain(
      'HTTP API fedcba4321: attached, and not in the policy any more\n  forgets  the API does not exist',
    );
    expect(exitCode).toBe(0);
  });

  test('--json has it beside the rest', async () => {
    const { out } = await run(clients(plans, [], deployed([GONE, STAYS])), ['attach', '--plan', '--json', ...policy]);
    const { apis, detaches, ok } = JSON.parse(out);
    expect(apis).toHaveLength(2);
    expect(ok).toBe(false);
    expect(detaches).toEqual([
      {
        ...GONE,
        exists: true,
        restores: [{ key: 'method GET /notes', to: { authorizationType: 'NONE' } }],
        kept: ['method POST /notes'],
        stages: DETACHES.stages,
        authorizer: true,
        obstacles: STAYS.obstacles,
      },
    ]);
  });

  test('credentials that may not list the stack are told what is missing, and get the rest', async () => {
    const blind: Partial<AttachClients> = { gate: async () => GATE, inStack: async () => undefined };
    const { exitCode, err } = await run(clients(plans, [], blind), ['attach', '--plan', ...policy]);
    expect(err).toContain('cloudformation:ListStackResources');
    expect(exitCode).toBe(0);
    const { out } = await run(clients(plans, [], blind), ['attach', '--plan', '--json', ...policy]);
    expect(JSON.parse(out).detaches).toBeNull();
  });
});

describe("the attachments of a gate's stack", () => {
  const resource = (ResourceType: string, PhysicalResourceId?: string, ResourceStatus = 'CREATE_COMPLETE') => ({
    ResourceType,
    PhysicalResourceId,
    ResourceStatus,
  });
  const CUSTOM = 'Custom::HeadgateAttachment';
  const pages = [
    [
      resource('AWS::Lambda::Function', 'headgate-attachment|Shop.Gate|rest|function'),
      resource(CUSTOM, 'headgate-attachment|Shop.Gate|rest|a1b2c3'),
      resource(CUSTOM, 'headgate-attachment|Other.Gate|rest|b1b2c3'),
    ],
    [
      resource(CUSTOM, 'headgate-attachment|Shop.Gate|http|c1b2c3', 'UPDATE_COMPLETE'),
      resource(CUSTOM, 'headgate-attachment|Shop.Gate|http|d1b2c3', 'DELETE_COMPLETE'),
      resource(CUSTOM, 'Stack-Attached-1ABC', 'CREATE_FAILED'),
      resource(CUSTOM, undefined, 'CREATE_IN_PROGRESS'),
    ],
  ];
  const client = (answer: (page: number) => unknown) =>
    ({
      send: async ({ input }: { input: { StackName: string; NextToken?: string } }) => {
        expect(input.StackName).toBe('Shop');
        return answer(Number(input.NextToken ?? 0));
      },
    }) as unknown as Parameters<typeof deployedAttachments>[0];

  test('are read from all pages: its own, that exist', async () => {
    const answer = (page: number) => ({
      StackResourceSummaries: pages[page],
      ...(page + 1 < pages.length && { NextToken: String(page + 1) }),
    });
    expect(await deployedAttachments(client(answer), GATE)).toEqual([
      { kind: 'rest', apiId: 'a1b2c3' },
      { kind: 'http', apiId: 'c1b2c3' },
    ]);
  });

  test('without the permission they are not known; another failure is one', async () => {
    const failing = (name: string) =>
      client(() => {
        throw Object.assign(new Error('no'), { name });
      });
    expect(await deployedAttachments(failing('AccessDenied'), GATE)).toBeUndefined();
    await expect(deployedAttachments(failing('Throttling'), GATE)).rejects.toThrow('no');
  });
});
