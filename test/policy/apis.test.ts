import fc from 'fast-check';
import { parsePolicy } from '../../lambda/policy/parse.ts';

const parse = (apis: string) => parsePolicy(`limits:\n  a: { per: client, rate: 60/minute }\n${apis}\n`);
const problemsOf = (apis: string) => parse(apis).problems.map(({ code, path, mend }) => [code, path, mend]);

describe('apis', () => {
  test('a REST and an HTTP API with everything that can be said', () => {
    const { deployment, problems } = parse(
      [
        'apis:',
        '  - restApi: a1b2c3d4e5',
        '    stage: prod',
        '    routes: [POST /login, ANY /reports/*]',
        '    deny: middleware',
        '    sharedDeny: true',
        '    replace: true',
        '    publishPending: true',
        '  - httpApi: f6g7h8i9j0',
        '    stage: $default',
        '    deny: forbidden',
      ].join('\n'),
    );
    expect(problems).toEqual([]);
    expect(deployment!.apis).toEqual([
      {
        kind: 'rest',
        apiId: 'a1b2c3d4e5',
        stage: 'prod',
        routes: [
          { method: 'POST', path: '/login' },
          { method: 'ANY', path: '/reports/*' },
        ],
        deny: 'middleware',
        sharedDeny: true,
        replace: true,
        publishPending: true,
      },
      { kind: 'http', apiId: 'f6g7h8i9j0', stage: '$default', deny: 'forbidden' },
    ]);
  });

  test('keys can be passed on that the policy reads', () => {
    const { deployment, problems } = parse(
      'identify: [{ apiKey: x-api-key }]\napis: [{ restApi: a1b2c3d4e5, stage: prod, passKeys: true }]',
    );
    expect(problems).toEqual([]);
    expect(deployment!.apis).toEqual([{ kind: 'rest', apiId: 'a1b2c3d4e5', stage: 'prod', passKeys: true }]);
  });

  test('false says what leaving it out says', () => {
    const { deployment } = parse('apis: [{ restApi: a1b2c3d4e5, stage: prod, replace: false, publishPending: false }]');
    expect(deployment!.apis).toEqual([{ kind: 'rest', apiId: 'a1b2c3d4e5', stage: 'prod' }]);
  });

  test('without the key there are none, and nothing of them travels in the functions', () => {
    expect(parse('').deployment!.apis).toEqual([]);
    const { policy } = parse('apis: [{ restApi: a1b2c3d4e5, stage: prod }]');
    expect(policy).toEqual(parse('').policy);
  });

  test.each([
    ['{ stage: prod }', 'HG140', 'apis[0]', 'write one entry for each API'],
    ['{ restApi: a1b2, httpApi: c3d4, stage: prod }', 'HG140', 'apis[0]', 'write one entry for each API'],
    ['{ restApi: A1B2, stage: prod }', 'HG140', 'apis[0].restApi', expect.stringContaining('write the id as')],
    ['{ restApi: 1234567890, stage: prod }', 'HG140', 'apis[0].restApi', expect.stringContaining('quote it')],
    [
      '{ restApi: "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod", stage: prod }',
      'HG140',
      'apis[0].restApi',
      'write `restApi: a1b2c3`',
    ],
    [
      '{ httpApi: "arn:aws:apigateway:eu-west-1::/apis/a1b2c3", stage: prod }',
      'HG140',
      'apis[0].httpApi',
      'write `httpApi: a1b2c3`',
    ],
    ['{ restApi: a1b2 }', 'HG106', 'apis[0].stage', 'add `stage: prod`, the stage that callers use'],
    ['{ restApi: a1b2, stage: 1 }', 'HG140', 'apis[0].stage', 'quote it: stage: "1"'],
    ['{ restApi: a1b2, stage: /prod }', 'HG140', 'apis[0].stage', 'write `stage: prod`, for example'],
    ['{ restApi: a1b2, stage: $default }', 'HG140', 'apis[0].stage', expect.stringContaining('httpApi')],
    ['{ httpApi: a1b2, stage: prod, sharedDeny: true }', 'HG140', 'apis[0].sharedDeny', 'take it away'],
    ['{ httpApi: a1b2, stage: prod, passKeys: true }', 'HG140', 'apis[0].passKeys', 'take it away'],
    [
      '{ restApi: a1b2, stage: prod, passKeys: true }',
      'HG140',
      'apis[0].passKeys',
      expect.stringContaining('name the header'),
    ],
    ['{ httpApi: a1b2, stage: prod, deny: middlware }', 'HG107', 'apis[0].deny', 'did you mean `middleware`?'],
    ['{ httpApi: a1b2, stage: prod, replace: yes please }', 'HG106', 'apis[0].replace', 'write true or false'],
    ['{ httpApi: a1b2, stage: prod, routes: [/login] }', 'HG112', 'apis[0].routes[0]', expect.any(String)],
    ['{ httpApi: a1b2, stage: prod, routes: [] }', 'HG114', 'apis[0].routes', expect.any(String)],
    ['{ httpApi: a1b2, stage: prod, publishPendin: true }', 'HG105', 'apis[0].publishPendin', expect.any(String)],
    ['{ httpApi: a1b2, stag: prod }', 'HG105', 'apis[0].stag', 'did you mean `stage`?'],
  ])('%s: %s at %s', (entry, code, path, mend) => {
    expect(problemsOf(`apis:\n  - ${entry}`)).toEqual([[code, path, mend]]);
  });

  test('one API twice is an error, with another stage too: it has one authorizer', () => {
    const found = parse('apis:\n  - { restApi: a1b2, stage: prod }\n  - { restApi: a1b2, stage: dev }').problems;
    expect(found.map(({ code, line, column }) => [code, line, column])).toEqual([['HG104', 5, 16]]);
  });

  test('an empty list, a map and a text are refused where they stand', () => {
    for (const wrong of ['apis: []', 'apis: { restApi: a1b2 }', 'apis: a1b2']) {
      const found = parse(wrong).problems;
      expect(found.map(({ code, line }) => [code, line])).toEqual([['HG106', 3]]);
    }
  });

  test('no entry, whatever is in it, makes the parser throw or goes through unseen', () => {
    const words = fc.constantFrom('restApi', 'httpApi', 'stage', 'deny', 'routes', 'replace', 'other');
    const values = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
    fc.assert(
      fc.property(fc.dictionary(words, values), (entry) => {
        const { deployment, problems } = parse(`apis: [${JSON.stringify(entry)}]`);
        const api = deployment?.apis[0];
        expect(api === undefined).toBe(problems.length > 0);
        if (api) expect([entry.restApi ?? entry.httpApi, entry.stage]).toEqual([api.apiId, api.stage]);
      }),
      { numRuns: 200 },
    );
  });
});
