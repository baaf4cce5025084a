import { createWorld, KEYS, policyOf, restEvent } from './world.ts';

const policy = policyOf(`
identify:
  - apiKey: x-api-key
tiers: [free, gold]
limits:
  client:
    per: client
    rate: { free: 3/minute, gold: 5/minute }
exempt:
  - address: 198.51.100.0/24
`);

describe('the authorizer of a REST API', () => {
  test('lets a limited request through where the middleware answers, with the verdict', async () => {
    for (const [softDenyApis, effect] of [
      [[], 'Deny'],
      [['abc123'], 'Allow'],
    ] as const) {
      const world = createWorld(policy, { softDenyApis });
      for (let i = 0; i < 3; i++) await world.call(restEvent({ key: KEYS.bob }));
      const answer = await world.call(restEvent({ key: KEYS.bob }));
      expect(answer.policyDocument!.Statement[0]!.Effect).toBe(effect);
      expect(answer.context).toMatchObject({ verdict: 'limited', limitName: 'client' });
      expect(world.metrics.at(-1)).toContain('Limited');
    }
  });

  test('allows this method of this stage, with the context for the headers', async () => {
    const world = createWorld(policy);
    expect(await world.call(restEvent({ key: KEYS.acme, path: '/notes/17', resource: '/notes/{id}' }))).toEqual({
      principalId: 'acme',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'execute-api:Invoke',
            Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET/*',
          },
        ],
      },
      context: {
        verdict: 'allowed',
        limit: '5',
        remaining: '4',
        reset: expect.stringMatching(/^18000000\d\d$/),
        limitName: 'client',
        client: 'acme',
        tier: 'gold',
      },
    });
    expect(world.metrics).toEqual([['Allowed']]);
    expect(world.rejections).toEqual([]);
  });

  test('counts down, then denies explicitly, and says until when', async () => {
    const world = createWorld(policy);
    const remaining = [];
    for (let i = 0; i < 3; i++) remaining.push((await world.call(restEvent({ key: KEYS.bob }))).context.remaining);
    expect(remaining).toEqual(['2', '1', '0']);
    const denied = await world.call(restEvent({ key: KEYS.bob }));
    expect(denied.policyDocument!.Statement).toEqual([{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' }]);
    expect(denied.context).toMatchObject({
      verdict: 'limited',
      limit: '3',
      remaining: '0',
      client: 'bob',
      tier: 'free',
    });
    const retryAfter = Number(denied.context.retryAfter);
    expect(retryAfter).toBeGreaterThan(0);
    world.now += (retryAfter - 1) * 1000 - 1;
    expect((await world.call(restEvent({ key: KEYS.bob }))).context.verdict).toBe('limited');
    world.now += 1001;
    expect((await world.call(restEvent({ key: KEYS.bob }))).context.verdict).toBe('allowed');
    expect(world.metrics.map(([name]) => name)).toEqual([
      'Allowed',
      'Allowed',
      'Allowed',
      'Limited',
      'Limited',
      'Allowed',
    ]);
  });

  test('logs one flat line for a rejection, with everything but the key', async () => {
    const world = createWorld(policy);
    for (let i = 0; i < 4; i++) await world.call(restEvent({ key: KEYS.bob }));
    expect(world.rejections).toEqual([
      {
        event: 'limited',
        subject: 'client:bob',
        limit: 'client',
        subjectKind: 'client',
        clientId: 'bob',
        address: '203.0.113.7',
        tier: 'free',
        used: 3,
        allowed: 3,
        retryAfter: expect.any(Number),
        requestId: 'request-1',
        api: 'abc123',
        stage: 'prod',
        route: 'GET /notes',
      },
    ]);
  });

  test('who proves nothing is an address of the first tier; an unknown key does not name anybody', async () => {
    const world = createWorld(policy);
    const answers = [];
    for (const key of [undefined, 'x'.repeat(30), 'y'.repeat(30), 'short']) {
      answers.push(await world.call(restEvent(key === undefined ? {} : { key })));
    }
    expect(answers.map(({ context }) => context.verdict)).toEqual(['allowed', 'allowed', 'allowed', 'limited']);
    expect(answers[3]!.principalId).toBe('203.0.113.7');
    expect(answers[3]!.context).not.toHaveProperty('client');
    expect((await world.call(restEvent({ ip: '203.0.113.8' }))).context.verdict).toBe('allowed');
  });

  test('the key is passed on to API Gateway where the API takes it from the authorizer, and nowhere else', async () => {
    const world = createWorld(policy, { passKeys: true });
    const allowed = await world.call(restEvent({ key: KEYS.bob }));
    expect(allowed.usageIdentifierKey).toBe(KEYS.bob);
    expect(JSON.stringify({ ...allowed, usageIdentifierKey: '' })).not.toContain(KEYS.bob);
    // A key that no registry knows may still be one of API Gateway's.
    expect((await world.call(restEvent({ key: 'x'.repeat(30) }))).usageIdentifierKey).toBe('x'.repeat(30));
    expect(await world.call(restEvent({ key: 'short' }))).not.toHaveProperty('usageIdentifierKey');
    for (let i = 0; i < 3; i++) await world.call(restEvent({ key: KEYS.bob }));
    expect(await world.call(restEvent({ key: KEYS.bob }))).not.toHaveProperty('usageIdentifierKey');
    expect(await createWorld(policy).call(restEvent({ key: KEYS.bob }))).not.toHaveProperty('usageIdentifierKey');
  });

  test('the exempt are not counted', async () => {
    const world = createWorld(policy);
    for (let i = 0; i < 20; i++) {
      expect((await world.call(restEvent({ ip: '198.51.100.9' }))).context).toEqual({
        verdict: 'allowed',
        tier: 'free',
      });
    }
    expect(world.writes).toEqual([]);
  });

  test('the blocked get 401, before anything is looked up or written', async () => {
    const world = createWorld(policy);
    world.blocks = [
      { subject: 'address:203.0.113.0/24' },
      { subject: 'client:acme' },
      { subject: 'address:198.51.100.9' },
    ];
    await world.readBlocks();
    await expect(world.call(restEvent({ key: KEYS.bob }))).rejects.toThrow(/^Unauthorized$/);
    expect([world.lookUps, world.writes]).toEqual([[], []]);
    await expect(world.call(restEvent({ key: KEYS.acme, ip: '192.0.2.1' }))).rejects.toThrow(/^Unauthorized$/);
    // A block is more than an exemption.
    await expect(world.call(restEvent({ ip: '198.51.100.9' }))).rejects.toThrow(/^Unauthorized$/);
    expect(world.metrics).toEqual([['Unauthorized'], ['Unauthorized'], ['Unauthorized']]);
    expect(world.rejections.map(({ event, clientId }) => [event, clientId])).toEqual([
      ['blocked', undefined],
      ['blocked', 'acme'],
      ['blocked', undefined],
    ]);
  });
});

describe('the Allow policy', () => {
  const resourceFor = async (methodArn: unknown) => {
    const answer = await createWorld(policy).call({ ...restEvent(), methodArn });
    const [statement] = answer.policyDocument!.Statement;
    return `${statement!.Effect} ${statement!.Resource}`;
  };
  const api = 'arn:aws:execute-api:eu-west-1:123456789012:abc123/prod';

  test.each([
    [`${api}/GET/*`, `Allow ${api}/GET/*`],
    [`${api}/GET/a*b?c/../../../*`, `Allow ${api}/GET/*`],
    [`${api}/POST`, `Allow ${api}/POST/*`],
    [`${api}/DELETE/${'x'.repeat(9000)}`, `Allow ${api}/DELETE/*`],
    [`${api.replace('aws', 'aws-us-gov')}/GET/a`, `Allow ${api.replace('aws', 'aws-us-gov')}/GET/*`],
    [
      'arn:aws:execute-api:eu-west-1:123456789012:abc123/test-invoke-stage/GET/',
      'Allow arn:aws:execute-api:eu-west-1:123456789012:abc123/test-invoke-stage/GET/*',
    ],
  ])('for %.60s', async (methodArn, expected) => {
    const found = await resourceFor(methodArn);
    expect(found).toBe(expected);
    expect(found.length).toBeLessThan(512);
  });

  test.each([
    undefined,
    null,
    '',
    '*',
    'arn:aws:execute-api:*:*:*/*/GET/x',
    'arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/x',
    'arn:aws:execute-api:eu-west-1:123456789012:*/prod/GET/x',
    'arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/*/x',
    'arn:aws:execute-api:eu-west-1:123456789012:abc123',
    'arn:aws:s3:::bucket/prod/GET/x',
  ])('an event with the ARN %p allows nothing', async (methodArn) => {
    expect(await resourceFor(methodArn)).toBe('Deny *');
  });
});
