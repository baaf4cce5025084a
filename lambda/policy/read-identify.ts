import { ISSUER_NAME_PATTERN, JWT_ALGORITHMS, MAX_AUDIENCES } from './identify-schema.ts';
import type { IdentitySource, JwtSource } from './policy.ts';
import { readHeader, twice } from './read-callers.ts';
import { readIssuer } from './read-issuer.ts';
import { isMap, type Report } from './report.ts';
import type { Path } from './source.ts';

type Map = Readonly<Record<string, unknown>>;

const WAYS = ['apiKey', 'jwt', 'iam', 'authorizer', 'header'] as const;

/** How callers are recognised. An entry with an error is left out. */
export function readIdentify(value: unknown, report: Report, anonymous?: unknown): readonly IdentitySource[] {
  const sources: IdentitySource[] = [];
  for (const [index, entry] of Array.isArray(value) ? value.entries() : []) {
    const path: Path = ['identify', index];
    const source = isMap(entry) ? readEntry(entry, path, report) : undefined;
    if (source === undefined) continue;
    const clash = clashOf(source, sources);
    if (clash !== undefined) report.add([...path, source.kind], clash);
    else sources.push(source);
  }
  if (anonymous === 'reject' && sources.length > 0 && sources.every(isBehindTheGate)) {
    const finding = {
      code: 'HG133',
      message: '`anonymous: reject` turns everybody away at the gate: an authorizer never sees these identities',
      allowed:
        '`apiKey`, `jwt` or a trusted `header` at the gate; `iam` and `authorizer` in the middleware `rateLimit`',
      mend: 'add such an entry, or take `anonymous: reject` away',
    };
    report.add(['identify'], finding, { at: 'key', severity: 'warning', value: '' });
  }
  return sources;
}

const isBehindTheGate = ({ kind }: IdentitySource): boolean => kind === 'iam' || kind === 'authorizer';

function readEntry(entry: Map, path: Path, report: Report): IdentitySource | undefined {
  const ways = WAYS.filter((way) => entry[way] !== undefined);
  const [way] = ways;
  if (way === undefined || ways.length > 1) {
    // An unknown key is what was meant, and is reported as such.
    const known = [...WAYS, 'trusted', 'name'] as readonly string[];
    if (way === undefined && Object.keys(entry).some((key) => !known.includes(key))) return undefined;
    const message = way === undefined ? 'an entry that recognises nobody' : `${ways.join(' and ')} in one entry`;
    const mend = way === undefined ? 'write `- apiKey: x-api-key`, for example' : 'write an entry for each';
    report.add(path, { code: 'HG132', message, allowed: `one of ${WAYS.join(', ')}`, mend });
    return undefined;
  }
  if (way !== 'header' && (entry.trusted !== undefined || entry.name !== undefined)) {
    const key = entry.trusted !== undefined ? 'trusted' : 'name';
    const mend =
      key === 'name' && (way === 'jwt' || way === 'authorizer') ? `write it inside \`${way}\`` : 'take it away';
    const message = `\`${key}\` beside \`${way}\``;
    report.add([...path, key], { code: 'HG132', message, allowed: '`header` with `trusted` and `name`', mend });
    return undefined;
  }
  return READERS[way](entry, path, report);
}

const READERS: Readonly<
  Record<(typeof WAYS)[number], (entry: Map, path: Path, report: Report) => IdentitySource | undefined>
> = {
  apiKey(entry, path, report) {
    const header = readHeader(entry.apiKey, [...path, 'apiKey'], report);
    return header === undefined ? undefined : { kind: 'apiKey', header };
  },
  iam(entry, path, report) {
    if (entry.iam === true) return { kind: 'iam' };
    const message = '`iam` is switched on or left out';
    report.add([...path, 'iam'], { code: 'HG132', message, allowed: 'true', mend: 'write `- iam: true`' });
    return undefined;
  },
  header(entry, path, report) {
    const header = readHeader(entry.header, [...path, 'header'], report);
    const name = readName(entry.name, [...path, 'name'], report);
    if (header === undefined) return undefined;
    if (entry.trusted !== true) {
      report.add([...path, 'header'], {
        code: 'HG131',
        message: `\`${header}\` is whatever the caller writes into it: anybody could be anybody`,
        allowed: '`trusted: true` beside it, where only your own proxy or network can send requests to the API',
        mend: 'recognise callers by `apiKey` or `jwt`, or add `trusted: true` if nobody else can set the header',
      });
      return undefined;
    }
    return { kind: 'header', header, ...name };
  },
  authorizer({ authorizer }, path, report) {
    if (!isMap(authorizer)) return undefined;
    const at: Path = [...path, 'authorizer'];
    const client =
      authorizer.client === undefined ? undefined : readClaim(authorizer.client, [...at, 'client'], report);
    const tier = authorizer.tier === undefined ? undefined : readClaim(authorizer.tier, [...at, 'tier'], report);
    const name = readName(authorizer.name, [...at, 'name'], report);
    if (client === undefined) return undefined;
    return { kind: 'authorizer', client, ...(tier !== undefined && { tier }), ...name };
  },
  jwt({ jwt }, path, report) {
    return isMap(jwt) ? readJwt(jwt, [...path, 'jwt'], report) : undefined;
  },
};

function readJwt(jwt: Map, path: Path, report: Report): JwtSource | undefined {
  const claim = (key: string, absent?: string): string | undefined =>
    jwt[key] === undefined ? absent : readClaim(jwt[key], [...path, key], report);
  const issuer = readIssuer(jwt, path, report);
  const audience = readAudience(jwt.audience, [...path, 'audience'], report);
  const audienceClaim = claim('audienceClaim', 'aud');
  const client = claim('client', 'sub');
  const tier = claim('tier');
  const header = jwt.header === undefined ? 'authorization' : readHeader(jwt.header, [...path, 'header'], report);
  const algorithms = readAlgorithms(jwt.algorithms, [...path, 'algorithms'], report);
  const name = readName(jwt.name, [...path, 'name'], report);
  if (!issuer || !audience || !audienceClaim || !client || !header || !algorithms) return undefined;
  return {
    kind: 'jwt',
    ...name,
    ...issuer,
    audience,
    audienceClaim,
    client,
    ...(tier !== undefined && { tier }),
    header,
    algorithms,
  };
}

function readAudience(value: unknown, path: Path, report: Report): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isText = (one: unknown): one is string => typeof one === 'string' && one !== '' && one.length <= 512;
  if (list.length > 0 && list.length <= MAX_AUDIENCES && list.every(isText)) return list;
  const mend = list.some((one) => typeof one === 'number') ? 'quote it: "1234"' : 'write what the tokens have in `aud`';
  const allowed = `a text, or a list of 1 to ${MAX_AUDIENCES} texts`;
  report.add(path, { code: 'HG129', message: 'not an audience', allowed, mend });
  return undefined;
}

function readAlgorithms(value: unknown, path: Path, report: Report): readonly string[] | undefined {
  if (value === undefined) return JWT_ALGORITHMS;
  if (!Array.isArray(value) || value.length === 0) {
    const mend = 'write `algorithms: [RS256]`, for example';
    report.add(path, { code: 'HG129', message: 'not a list of algorithms', allowed: JWT_ALGORITHMS.join(', '), mend });
    return undefined;
  }
  let right = true;
  for (const [index, one] of value.entries()) {
    if ((JWT_ALGORITHMS as readonly unknown[]).includes(one)) continue;
    right = false;
    const why = /^none$/i.test(String(one))
      ? 'is no signature: anybody could write such a token'
      : /^HS/i.test(String(one))
        ? 'needs a secret, and whoever can check such a token can make one'
        : 'is not an algorithm that can be checked';
    const message = `\`${String(one).slice(0, 60)}\` ${why}`;
    report.add([...path, index], {
      code: 'HG129',
      message,
      allowed: JWT_ALGORITHMS.join(', '),
      mend: 'use RS256 or ES256',
    });
  }
  return right ? value : undefined;
}

function readClaim(value: unknown, path: Path, report: Report): string | undefined {
  if (typeof value === 'string' && value !== '' && value.length <= 128) return value;
  const message = 'not the name of a claim';
  report.add(path, {
    code: 'HG129',
    message,
    allowed: 'a text of 1 to 128 characters',
    mend: 'write `sub`, for example',
  });
  return undefined;
}

function readName(value: unknown, path: Path, report: Report): { readonly name?: string } {
  if (value === undefined) return {};
  if (typeof value === 'string' && ISSUER_NAME_PATTERN.test(value)) return { name: value };
  const allowed = 'a-z, 0-9 and -, at most 16 characters, first a letter or digit';
  report.add(path, {
    code: 'HG130',
    message: 'cannot tell clients apart',
    allowed,
    mend: 'write `name: partner`, for example',
  });
  return {};
}

/** Two entries that are one, or whose clients could not be told apart. */
function clashOf(source: IdentitySource, sources: readonly IdentitySource[]) {
  if (source.kind === 'iam') return sources.some(({ kind }) => kind === 'iam') ? twice('`iam`') : undefined;
  if (source.kind === 'apiKey') {
    const same = sources.some((other) => other.kind === 'apiKey' && other.header === source.header);
    return same ? twice(`header \`${source.header}\``) : undefined;
  }
  const clash = sources.some((other) => other.kind === source.kind && other.name === source.name);
  if (!clash) return undefined;
  const prefix = source.name === undefined ? source.kind : `${source.kind}.${source.name}`;
  return {
    code: 'HG130',
    message: `the clients of two entries would both be \`${prefix}:...\`, and one could use up what is another's`,
    allowed: 'a name of its own for each further entry of one kind',
    mend: 'add `name: partner`, for example',
  };
}
