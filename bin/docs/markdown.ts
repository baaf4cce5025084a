import { clientCode, clientFileName } from './client-code.ts';
import { headerExamples, RETRY_SECONDS, sampleOf } from './example-answer.ts';
import { limitWords } from './limit-words.ts';
import type { PublicLimit, PublicPolicy } from './public-policy.ts';

/** The page for an API's consumers, Markdown. */
export function consumerPage(policy: PublicPolicy, title: string): string {
  const sections = [
    `# ${title}`,
    `Requests over a limit are answered with **429 Too Many Requests**, and \`Retry-After\` says how long to wait.
Every other answer tells in its headers how much is left.`,
    '## Who is counted',
    identity(policy),
    '## The limits',
    limits(policy),
    '## Headers',
    headers(policy),
    '## Over a limit',
    limited(policy),
    '## How to back off',
    BACK_OFF,
    '## Clients',
    CLIENTS,
    client('typescript', 'TypeScript', TYPESCRIPT_USE),
    client('python', 'Python', PYTHON_USE),
  ];
  return `${sections.join('\n\n')}\n`;
}

function identity({ credentials, credentialsNeeded, tiers }: PublicPolicy): string {
  if (credentials.length === 0)
    return 'Requests count for the IP address that they come from (an IPv6 address for its /64 network).';
  const ways = credentials.map(({ kind, header }) =>
    kind === 'apiKey' ? `with your API key in \`${header}\`` : `with your token in \`${header}\``,
  );
  const others = credentialsNeeded
    ? 'Requests without are answered with 401 (on some of our APIs 403).'
    : `Requests without count for the IP address that they come from (an IPv6 address for its /64 network)${tiers.length > 1 ? `, with the limits of \`${tiers[0]}\`` : ''}.`;
  return `Requests ${ways.join(' or ')} count for you, wherever they come from. ${others}`;
}

function limits({ limits: all, tiers, shared }: PublicPolicy): string {
  const others = 'The API as a whole has limits too, which all callers share. They answer in the same way.';
  if (all.length === 0) return shared ? others : 'There are none at present.';
  const tables = tiers.map((tier) =>
    [
      ...(tiers.length > 1 ? [`### ${tier}`, ''] : []),
      '| limit | counted for each | where | how much |',
      '|---|---|---|---|',
      ...all.map((limit) => row(limit, tier)),
    ].join('\n'),
  );
  const costs = all.flatMap(costLines);
  return [
    'A request has to pass every limit that holds for its route.',
    ...tables,
    ...(costs.length > 0 ? [costs.join('\n')] : []),
    ...(shared ? [others] : []),
  ].join('\n\n');
}

function row({ name, per, routes, budgets }: PublicLimit, tier: string): string {
  const where =
    routes === undefined ? 'everywhere' : routes.map((route) => `\`${route.replaceAll('|', '\\|')}\``).join(', ');
  const whom = per === 'client' ? 'caller' : 'IP address';
  return `| ${name} | ${whom} | ${where} | ${limitWords(budgets[tier]!)} |`;
}

function costLines({ name, cost, costs }: PublicLimit): string[] {
  return [
    ...costs.map((one) => `- \`${one.route}\` takes ${one.cost} of \`${name}\`.`),
    ...(cost > 1 ? [`- A request takes ${cost} of \`${name}\`.`] : []),
  ];
}

function headers({ headers: styles }: PublicPolicy): string {
  const rows = [
    ...(styles.includes('x-ratelimit')
      ? [
          '| `X-RateLimit-Limit` | size of the limit that is nearest to its end |',
          '| `X-RateLimit-Remaining` | how much of it is left |',
          '| `X-RateLimit-Reset` | when all of it is free again if you send nothing more, in Unix seconds |',
        ]
      : []),
    ...(styles.includes('ratelimit')
      ? [
          '| `RateLimit-Policy` | every limit by name: `q`, how much, and `w`, in how many seconds that flows back |',
          '| `RateLimit` | the same limits: `r`, how much is left, and `t`, for how many seconds it has to last |',
        ]
      : []),
    '| `Retry-After` | only on a 429: the whole seconds after which the same request can pass |',
  ];
  const draft = styles.includes('ratelimit')
    ? '\n\n`RateLimit-Policy` and `RateLimit` are those of draft-ietf-httpapi-ratelimit-headers-11: lists of structured fields (RFC 9651).'
    : '';
  return `| header | what |\n|---|---|\n${rows.join('\n')}${draft}`;
}

function limited(policy: PublicPolicy): string {
  const sample = sampleOf(policy);
  const lines = [
    'HTTP/1.1 429 Too Many Requests',
    'Content-Type: application/problem+json',
    ...headerExamples(policy).map(({ name, value }) => `${name}: ${value}`),
    '',
    JSON.stringify(sample.problem, undefined, 2),
  ];
  return `\`\`\`http
${lines.join('\n')}
\`\`\`

The body is a problem document (RFC 9457). \`limit\` names the limit that is used up, \`retryAfter\` says the same as the header
\`Retry-After\`, here ${RETRY_SECONDS} seconds. A request that is answered with 429 has done nothing and can be repeated as it is.`;
}

const BACK_OFF = `1. On a 429 wait as long as \`Retry-After\` says, and a little longer at random: others wait too. Asking earlier is of no
   use; it is not counted, but it does not pass either.
2. Better, do not get there: as less is left, spread what is left over the time until the reset.
3. Give up after a few tries, and where the wait is longer than your work can bear.`;

const CLIENTS = `Both examples do that: they slow down by the headers, and wait \`Retry-After\`. Copy them, and change them as you like.`;

const TYPESCRIPT_USE = `import { rateLimitedFetch } from './rate-limited-fetch.ts';

const api = rateLimitedFetch();
const response = await api('https://api.example.com/notes', { headers: { accept: 'application/json' } });`;

const PYTHON_USE = `import urllib.request
from rate_limited import RateLimitedClient

api = RateLimitedClient()
with api.open(urllib.request.Request("https://api.example.com/notes", headers={"Accept": "application/json"})) as answer:
    print(answer.read())`;

function client(language: 'typescript' | 'python', name: string, use: string): string {
  return `### ${name}

\`\`\`${language}
${use}
\`\`\`

\`${clientFileName(language)}\`:

\`\`\`${language}
${clientCode(language)}\`\`\``;
}
