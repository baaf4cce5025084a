import { App, CfnParameter } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DeployError, type Headgate, RateLimitPolicy } from '../../../lib/index.ts';
import {
  gateIn,
  httpApiIn,
  newStack,
  onlyResource,
  POLICY,
  resources,
  restApiIn,
  warnings,
} from '../support/stacks.ts';

const ATTACHMENT = 'Custom::HeadgateAttachment';
const REST = { restApiId: 'a1b2c3d4e5', stage: 'prod' };
const HTTP = { httpApiId: 'f6g7h8i9j0', stage: '$default' };

function attached(...targets: Parameters<Headgate['attach']>[0][]) {
  const stack = newStack();
  // The doctor has its own permissions and its own test.
  const gate = gateIn(stack, { doctor: false });
  for (const target of targets) gate.attach(target);
  return { stack, gate, template: Template.fromStack(stack) };
}

/** The text of a property that is JSON with references in it, as `${Name}`. */
function jsonOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return JSON.parse(value) as Record<string, unknown>;
  const [, parts] = (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '(reference)')).join(''));
}

function targetsOf(stack: Parameters<typeof resources>[0]): Record<string, unknown>[] {
  return Object.values(resources(stack, ATTACHMENT)).map(({ Target }) => jsonOf(Target));
}

describe('attach', () => {
  test('makes a resource that names the API, the stage, the gate and the authorizer', () => {
    const { stack } = attached(REST);
    expect(targetsOf(stack)).toEqual([
      { kind: 'rest', apiId: 'a1b2c3d4e5', stage: 'prod', functionArn: '(reference)', gate: 'Stack.Headgate' },
    ]);
    expect(onlyResource(stack, ATTACHMENT).Format).toBe('1');
  });

  test('hands on every option', () => {
    const routes = ['POST /login', 'ANY /reports/*'];
    const { stack } = attached(
      { ...REST, routes, deny: 'middleware', sharedDeny: true, replace: true, publishPending: true },
      { ...HTTP, deny: 'forbidden', replace: false },
    );
    expect(targetsOf(stack)).toEqual([
      expect.objectContaining({
        routes: [
          { method: 'POST', path: '/login' },
          { method: 'ANY', path: '/reports/*' },
        ],
        deny: 'middleware',
        sharedDeny: true,
        replace: true,
        publishPending: true,
      }),
      { ...HTTP_TARGET, deny: 'forbidden' },
    ]);
  });

  const HTTP_TARGET = {
    kind: 'http',
    apiId: 'f6g7h8i9j0',
    stage: '$default',
    functionArn: '(reference)',
    gate: 'Stack.Headgate',
  };

  test("attaches the policy's apis without a call", () => {
    const stack = newStack();
    const apis = 'apis:\n  - { restApi: a1b2c3d4e5, stage: prod }\n  - { httpApi: f6g7h8i9j0, stage: $default }\n';
    gateIn(stack, { policy: RateLimitPolicy.fromString(`${POLICY}\n${apis}`) });
    expect(targetsOf(stack).map(({ kind, apiId }) => [kind, apiId])).toEqual([
      ['rest', 'a1b2c3d4e5'],
      ['http', 'f6g7h8i9j0'],
    ]);
    expect(warnings(stack)).toEqual([]);
  });

  test("hands on the policy's headers", () => {
    const stack = newStack();
    gateIn(stack, { policy: RateLimitPolicy.fromString(`${POLICY}\nheaders: [ratelimit]\n`) }).attach(REST);
    expect(targetsOf(stack)[0]).toMatchObject({ headers: ['ratelimit'] });
  });

  test("hands on the gate's access log, which not every gate has, and not every attachment wants", () => {
    const logsOf = (accessLogs: Parameters<typeof gateIn>[1]) => {
      const stack = newStack();
      gateIn(stack, accessLogs).attach(HTTP);
      const policies = JSON.stringify(resources(stack, 'AWS::IAM::Policy'));
      return [targetsOf(stack)[0]!.accessLog, policies.includes('logs:CreateLogDelivery')];
    };
    expect(logsOf({ accessLogs: {} })).toEqual(['(reference)', true]);
    expect(logsOf({ accessLogs: { attached: false } })).toEqual([undefined, false]);
    expect(logsOf({ accessLogs: false })).toEqual([undefined, false]);
    const stack = newStack();
    gateIn(stack, { accessLogs: {} }).attach(REST);
    expect(JSON.stringify(resources(stack, 'AWS::IAM::Policy'))).not.toContain('logs:CreateLogDelivery');
  });

  test('a gate that writes access logs no more may take away those that it has written', () => {
    for (const accessLogs of [false, { attached: false }] as const) {
      const stack = newStack();
      gateIn(stack, { accessLogs }).attach(HTTP);
      // The policy is updated before the attachment gives the stage its log back.
      expect(JSON.stringify(resources(stack, 'AWS::IAM::Policy'))).toContain('logs:DeleteLogDelivery');
    }
  });

  test('a gate that is attached to nothing deploys none of it', () => {
    const { template } = attached();
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    template.resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('one provider serves all attachments', () => {
    const { template } = attached(REST, HTTP);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    template.resourceCountIs(ATTACHMENT, 2);
  });
});

/** The paths in ARNs `arn:PARTITION:apigateway:REGION::PATH`. */
function pathsOf(statements: readonly { readonly Resource: unknown }[]): string[] {
  return statements
    .flatMap(({ Resource }) => [Resource].flat())
    .map((arn) => String((arn as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].at(-1)).replace(/^::/, ''));
}

describe('what the functions may do', () => {
  const { template, stack } = attached(REST, HTTP);
  const statements = Object.values(resources(stack, 'AWS::IAM::Policy')).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
  );
  const onApiGateway = statements.filter(({ Action }) => [Action].flat().some((one) => one.startsWith('apigateway:')));

  test('on API Gateway: these two APIs, and neither delete them nor make or delete routes or stages', () => {
    expect(JSON.stringify(onApiGateway)).not.toMatch(/"\*"|apigateway:\*/);
    const paths = pathsOf(onApiGateway);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) expect(path).toMatch(/^\/(restapis\/a1b2c3d4e5|apis\/f6g7h8i9j0)(\/|$)/);
    const changes = onApiGateway.filter(({ Action }) => Action !== 'apigateway:GET');
    for (const path of pathsOf(changes)) expect(path).not.toMatch(/^\/(restapis|apis)\/\w+(\/\*)?$/);
    const deletes = JSON.stringify(changes.filter(({ Action }) => Action === 'apigateway:DELETE'));
    expect(deletes.replaceAll('stages/*/accesslogsettings', '')).not.toMatch(/stages|routes|resources|integrations/);
  });

  test('in the registry: only records of the API, by the partition key', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^HeadgateRegistryTable'), 'Arn'] },
            Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['attachment#rest#a1b2c3d4e5'] } },
          },
        ]),
      },
    });
    const onTables = statements.filter(({ Action }) => [Action].flat().includes('dynamodb:PutItem'));
    expect(onTables).toHaveLength(2);
    for (const statement of onTables) expect(statement).toHaveProperty(['Condition', 'ForAllValues:StringEquals']);
  });

  test("only this API's authorizers may invoke the gate", () => {
    const sources = Object.values(resources(stack, 'AWS::Lambda::Permission')).map(({ SourceArn }) =>
      JSON.stringify(SourceArn),
    );
    expect(sources).toHaveLength(2);
    expect(sources[0]).toContain(':a1b2c3d4e5/authorizers/*');
    expect(sources[1]).toContain(':f6g7h8i9j0/authorizers/*');
  });

  test('what detaching needs goes after the attachment: its permissions, the functions, the registry', () => {
    const all = template.findResources(ATTACHMENT);
    for (const resource of Object.values(all)) {
      const needed = resource.DependsOn as string[];
      const kinds = needed.map((id) => template.toJSON().Resources[id].Type as string);
      expect(kinds).toEqual(
        expect.arrayContaining([
          'AWS::IAM::Policy',
          'AWS::Lambda::Permission',
          'AWS::Lambda::Function',
          'AWS::IAM::Role',
        ]),
      );
      expect(needed.some((id) => id.startsWith('HeadgateRegistryTable'))).toBe(true);
      expect(needed.some((id) => /^HeadgateAttached.*Permissions/.test(id))).toBe(true);
    }
  });
});

describe('when CloudFormation updates an attachment', () => {
  const propertiesWith = (policy: string, more: object = {}) => {
    const stack = newStack();
    gateIn(stack, { policy: RateLimitPolicy.fromString(policy), ...more }).attach(REST);
    return JSON.stringify(onlyResource(stack, ATTACHMENT));
  };
  const withRoutes = (routes: string) => `limits:\n  login: { per: address, rate: 5/minute, routes: [${routes}] }\n`;

  test('a route of a limit changes it; a rate does not', () => {
    const before = propertiesWith(withRoutes('POST /login'));
    expect(propertiesWith(withRoutes('POST /login, POST /signup'))).not.toBe(before);
    expect(propertiesWith(withRoutes('POST /login').replace('5/', '6/'))).toBe(before);
    expect(propertiesWith(withRoutes('POST /login'), { gateName: 'other' })).not.toBe(before);
  });
});

describe('deny: middleware', () => {
  test('lets the limited requests of this API through to it', () => {
    const { stack } = attached({ ...HTTP, deny: 'middleware' }, { ...REST, deny: 'middleware' });
    const functions = Object.values(resources(stack, 'AWS::Lambda::Function'));
    const softDeny = functions
      .map(({ Environment }) => Environment?.Variables?.HEADGATE_SOFT_DENY_APIS)
      .filter(Boolean);
    expect(softDeny).toEqual(['f6g7h8i9j0,a1b2c3d4e5']);
  });
});

describe('passKeys', () => {
  test('has the function give keys to this API, and to no other', () => {
    const { stack } = attached({ ...REST, replace: true, passKeys: true }, { restApiId: 'b2c3d4e5f6', stage: 'prod' });
    const variables = Object.values(resources(stack, 'AWS::Lambda::Function')).map(
      ({ Environment }) => Environment?.Variables,
    );
    expect(variables.flatMap((one) => one?.HEADGATE_PASS_KEY_APIS ?? [])).toEqual(['a1b2c3d4e5']);
    expect(variables.flatMap((one) => one?.HEADGATE_PASS_KEYS ?? [])).toEqual([]);
    expect(targetsOf(stack)[0]).toMatchObject({ replace: true, passKeys: true });
  });

  test('needs a key that the policy reads, and a REST API', () => {
    const policy = RateLimitPolicy.fromString('limits:\n  all: { per: all, rate: 5/minute }\n');
    expect(() => gateIn(newStack(), { policy }).attach({ ...REST, passKeys: true })).toThrow(
      /^HG251: passKeys: .*identify/,
    );
    expect(() => gateIn(newStack()).attach({ ...HTTP, passKeys: true })).toThrow(/^HG251: passKeys is for REST APIs/);
  });
});

describe("routes of the policy's limits", () => {
  const policy = RateLimitPolicy.fromString(
    'limits:\n  login: { per: address, rate: 5/minute, routes: [POST /login, POST /elsewhere] }\n',
  );
  const expectedOf = (stack: Parameters<typeof resources>[0]) =>
    Object.values(resources(stack, ATTACHMENT)).map(({ ExpectedRoutes }) => JSON.parse(ExpectedRoutes));

  test('are expected on the attached APIs, all of them', () => {
    const stack = newStack();
    const gate = gateIn(stack, { policy });
    gate.attach(REST);
    gate.attach(HTTP);
    const expected = {
      routes: [
        { limit: 'login', route: 'POST /login' },
        { limit: 'login', route: 'POST /elsewhere' },
      ],
      apis: [
        { kind: 'rest', apiId: 'a1b2c3d4e5' },
        { kind: 'http', apiId: 'f6g7h8i9j0' },
      ],
    };
    expect(expectedOf(stack)).toEqual([expected, expected]);
  });

  test('that a protected API has are not, and the rest no longer stops the synthesis', () => {
    const stack = newStack();
    const gate = gateIn(stack, { policy });
    gate.protect(restApiIn(stack));
    gate.attach(HTTP);
    expect(expectedOf(stack)[0].routes).toEqual([{ limit: 'login', route: 'POST /elsewhere' }]);
  });

  test('without an attachment they do stop it', () => {
    const stack = newStack();
    gateIn(stack, { policy }).protect(restApiIn(stack));
    expect(() => Template.fromStack(stack)).toThrow(/HG122.*POST \/elsewhere/s);
  });
});

describe('what cannot be attached', () => {
  test.each([
    [{ stage: 'prod' }, 'HG251', 'got none'],
    [{ ...REST, httpApiId: 'b2' }, 'HG251', 'got both'],
    [{ restApiId: 'my-api', stage: 'prod' }, 'HG251', 'the id of an API'],
    [{ restApiId: 'arn:aws:apigateway:eu-west-1::/restapis/a1b2c3', stage: 'prod' }, 'HG251', 'Write "a1b2c3"'],
    [
      { restApiId: 'a1b2c3.execute-api.eu-west-1.amazonaws.com', stage: 'prod' },
      'HG251',
      "this stack's account and region",
    ],
    [{ restApiId: 'a1b2c3', stage: '$default' }, 'HG251', 'the name of a stage'],
    [{ ...HTTP, stage: '' }, 'HG251', 'or $default'],
    [{ ...HTTP, sharedDeny: true }, 'HG251', 'sharedDeny is for REST APIs'],
    [{ ...HTTP, routes: [] }, 'HG251', 'routes is empty'],
    [{ ...HTTP, routes: ['/login'] }, 'HG251', 'write `ANY /login`'],
  ])('%j: %s', (options, code, text) => {
    const gate = gateIn(newStack());
    let error: unknown;
    try {
      gate.attach(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DeployError);
    expect((error as DeployError).code).toBe(code);
    expect((error as DeployError).message).toContain(text);
  });

  test('an API of the same app, and an id that only deployment knows', () => {
    const stack = newStack();
    const gate = gateIn(stack);
    const own = httpApiIn(stack);
    expect(() => gate.attach({ httpApiId: own.apiId, stage: '$default' })).toThrow(/HG251.*protect\(api\)/);
    const parameter = new CfnParameter(stack, 'Id').valueAsString;
    expect(() => gate.attach({ restApiId: parameter, stage: 'prod' })).toThrow(/HG251.*known at deployment only/);
  });

  test('an API twice', () => {
    const gate = gateIn(newStack('Twice', new App()));
    gate.attach(REST);
    expect(() => gate.attach({ ...REST, stage: 'dev' })).toThrow(/HG252.*"a1b2c3d4e5" is attached already/);
  });
});
