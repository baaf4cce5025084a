import { readFileSync } from 'node:fs';
import path from 'node:path';
import { accessLogFormat } from '../../lambda/http/access-log-format.ts';
import { ACCESS_LOG_METRICS } from '../../lib/signals/access-log-metrics.ts';

const page = readFileSync(path.join(__dirname, '..', '..', 'docs', 'guide', 'signals.md'), 'utf8');

/** A request as the page names it. */
const VALUES: Readonly<Record<string, string>> = {
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
  requestTime: '24/Nov/2026:20:25:34 +0000',
  httpMethod: 'GET',
  resourcePath: '/notes/{id}',
  routeKey: 'GET /notes/{id}',
  status: '200',
  'integration.status': '200',
  'authorizer.verdict': 'allowed',
  'authorizer.limitName': 'client',
  'authorizer.client': 'acme',
  'authorizer.tier': 'gold',
  'identity.sourceIp': '203.0.113.77',
  responseLatency: '23',
};
const KINDS = { rest: '5a4b9f0e-8c3d-4f5e-9a1b-2c3d4e5f6a7b', http: 'JKJaXmPLvHcESHA=' } as const;

test.each(['rest', 'http'] as const)(
  'the page has the format of %s APIs, its fields and the length of a line',
  (kind) => {
    expect(page).toContain(`\n${accessLogFormat(kind, 'GATE')}\n`);
    const format = accessLogFormat(kind, 'NotesApi.Headgate');
    for (const field of Object.keys(JSON.parse(format))) expect(page).toContain(`\`${field}\``);
    const line = format.replace(/\$context\.([\w.]+)/g, (_, name: string) =>
      name === 'requestId' ? KINDS[kind] : (VALUES[name] ?? '-'),
    );
    expect(() => JSON.parse(line)).not.toThrow();
    expect(page).toContain(`${kind === 'rest' ? 'has' : 'and'} ${Buffer.byteLength(line)}`);
  },
);

test('the page says of every metric of the access logs when a line is counted', () => {
  for (const name of Object.keys(ACCESS_LOG_METRICS))
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\| .+ \\|`, 'm'));
});
