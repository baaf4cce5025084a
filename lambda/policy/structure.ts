import type { z } from 'zod';
import { alarmsKeys } from './alarms-schema.ts';
import { identifyKeys } from './identify-schema.ts';
import { nearest } from './nearest.ts';
import type { Finding } from './problem.ts';
import { isMap, pathText, type Report, valueAt } from './report.ts';
import { CHECKED, policySchema } from './schema.ts';
import type { Path } from './source.ts';

/** Unknown keys, wrong types, missing keys, words that are not in a list. */
export function checkStructure(data: unknown, report: Report): void {
  const result = policySchema.safeParse(data);
  for (const issue of result.error?.issues ?? []) checkIssue(issue, [], data, report);
}

function checkIssue(issue: z.core.$ZodIssue, base: Path, data: unknown, report: Report): void {
  const path: Path = [...base, ...(issue.path as Path)];
  // A list or a map: the reader knows which was meant, and says all that is wrong with it.
  if (path[0] === 'tiers') return;
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) report.add([...path, key], unknownKey(key, path), { at: 'key', value: key });
    return;
  }
  const value = valueAt(data, path);
  if (issue.message === CHECKED && value !== undefined) return;
  // Keys that are names are checked where they are read.
  if (issue.code === 'invalid_key') return;
  if (value === undefined) {
    if (!writtenOtherwise(path, data)) report.add(path, missing(path), { at: 'key' });
  } else report.add(path, wrongValue(issue, value, path));
}

function unknownKey(key: string, parent: Path): Finding {
  const allowed = keysAt(parent);
  const place = parent.length === 0 ? 'at the top level' : `in ${pathText(parent)}`;
  const meant = nearest(key, allowed);
  return {
    code: 'HG105',
    message: `\`${key}\` is not known ${place}`,
    allowed: allowed.join(', '),
    mend: key === '<<' ? 'write the merged keys out' : meant ? `did you mean \`${meant}\`?` : 'take it away',
  };
}

/** Whether an unknown key beside a missing one is meant for it, so that one message is enough. */
function writtenOtherwise(path: Path, data: unknown): boolean {
  const parent = valueAt(data, path.slice(0, -1));
  const known = keysAt(path.slice(0, -1));
  if (!isMap(parent)) return false;
  return Object.keys(parent).some((key) => !known.includes(key) && nearest(key, known) === path.at(-1));
}

function missing(path: Path): Finding {
  const key = String(path.at(-1));
  const examples: Readonly<Record<string, string>> = {
    limits: 'add a limit, or write a policy with `headgate init`',
    per: 'add `per: client`, `per: address`, `per: route` or `per: all`',
    rate: 'add `rate: 60/minute`, for example',
    stage: 'add `stage: prod`, the stage that callers use',
    issuer: 'add `issuer: https://login.example.com`, with what the tokens have in `iss`',
    audience: 'add `audience: api`, with what the tokens have in `aud`',
    client: 'add `client: sub`, the claim that names the client',
    header: 'add `header: x-forwarded-for`, for example',
    trusted: 'add `trusted: [203.0.113.0/24]` with the addresses of your proxies',
  };
  return { code: 'HG106', message: `\`${key}\` is missing`, allowed: key, mend: examples[key] ?? `add \`${key}\`` };
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a map (key: value)',
  record: 'a map (key: value)',
  array: 'a list (- entry)',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function wrongValue(issue: z.core.$ZodIssue, value: unknown, path: Path): Finding {
  const key = String(path.at(-1) ?? 'the file');
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const meant = nearest(text, allowed);
    const mend = text.startsWith('calendar-')
      ? `write it as the rate: \`rate: 100/${text.slice(0, 20)}\``
      : meant
        ? `did you mean \`${meant}\`?`
        : `use ${allowed.join(' or ')}`;
    return {
      code: 'HG107',
      message: `\`${text.slice(0, 60)}\` is not a value of \`${key}\``,
      allowed: allowed.join(', '),
      mend,
    };
  }
  if (issue.code === 'invalid_type') {
    const wanted = TYPES[issue.expected] ?? issue.expected;
    return {
      code: 'HG106',
      message: `\`${key}\` is ${typeText(value)}, not ${wanted}`,
      allowed: wanted,
      mend: mendType(wanted, value),
    };
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
    const mend = issue.code === 'too_small' ? 'add an entry, or take the key away' : 'use fewer entries';
    return {
      code: 'HG106',
      message: `\`${key}\` has too ${issue.code === 'too_small' ? 'few' : 'many'} entries`,
      allowed: bound,
      mend,
    };
  }
  return {
    code: 'HG106',
    message: `\`${key}\`: ${issue.message}`,
    allowed: 'see docs/reference/policy.md',
    mend: 'correct the value',
  };
}

function typeText(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

function mendType(wanted: string, value: unknown): string {
  if (value === null) return 'give it a value, or take the key away';
  return wanted.startsWith('a list') ? 'write each entry on its own line after `- `' : `write ${wanted}`;
}

/** The keys that the schema knows in a map. */
function keysAt(path: Path): readonly string[] {
  const shape = policySchema.shape;
  if (path.length === 0) return Object.keys(shape);
  const [top] = path;
  if (top === 'limits') return Object.keys(shape.limits.valueType.shape);
  if (top === 'identify') return identifyKeys(path.slice(2));
  if (top === 'exempt') return Object.keys(shape.exempt.unwrap().element.shape);
  if (top === 'alarms') return alarmsKeys(path.slice(1));
  if (top === 'apis') return Object.keys(shape.apis.unwrap().element.shape);
  return Object.keys(shape.address.unwrap().shape);
}
