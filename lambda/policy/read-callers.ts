import { parseCidr } from './addresses.ts';
import type { AddressSource, Exemption } from './policy.ts';
import type { Finding } from './problem.ts';
import { isMap, type Report } from './report.ts';
import { CLIENT_PATTERN, HEADER_PATTERN, NAME_PATTERN } from './schema.ts';
import type { Path } from './source.ts';

export const NAME_ALLOWED = 'a-z, 0-9 and -, at most 32 characters, first and last no -';

/** Names of tiers and limits. */
export function nameFinding(name: unknown): Finding | undefined {
  const text = String(name);
  // `constructor` is what every JavaScript object has: a map by name must not find it there.
  if (typeof name === 'string' && NAME_PATTERN.test(name) && !(name in {})) return undefined;
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '');
  const mend = plain === '' ? 'use letters and digits' : `write \`${plain}\``;
  return { code: 'HG116', message: `\`${text.slice(0, 60)}\` cannot be a name`, allowed: NAME_ALLOWED, mend };
}

export function readExempt(value: unknown, report: Report): readonly Exemption[] {
  const exempt: Exemption[] = [];
  for (const [index, entry] of listOf(value)) {
    if (!isMap(entry)) continue;
    const path: Path = ['exempt', index];
    const { address, client } = entry;
    if ((address === undefined) === (client === undefined)) {
      const message = address === undefined ? 'an exemption of nobody' : 'an address and a client in one entry';
      report.add(path, callers(message, 'either `address:` or `client:`', 'write one entry for each'));
    } else if (address !== undefined) {
      const range = report.take([...path, 'address'], parseCidr(address));
      if (range === undefined) continue;
      if (range.bits === 0) {
        const message = `${range.cidr} is every address: nobody would be limited`;
        report.add([...path, 'address'], callers(message, 'a narrower range', 'use `mode: shadow` to enforce nothing'));
      } else exempt.push({ kind: 'address', cidr: range.cidr });
    } else if (typeof client === 'string' && CLIENT_PATTERN.test(client)) {
      exempt.push({ kind: 'client', id: client });
    } else {
      const mend =
        typeof client === 'number' ? `quote it: "${client}"` : 'write the id as `headgate client list` shows it';
      report.add(
        [...path, 'client'],
        callers(
          'not a client id',
          'letters, digits and . _ @ + = -, at most 64; apigw:ID for a key of API Gateway, jwt:ID for a token',
          mend,
        ),
      );
    }
  }
  return exempt;
}

export function readAddress(value: unknown, report: Report): AddressSource | undefined {
  if (!isMap(value)) return undefined;
  const header = value.header === undefined ? undefined : readHeader(value.header, ['address', 'header'], report);
  const trusted: string[] = [];
  for (const [index, entry] of listOf(value.trusted)) {
    const path: Path = ['address', 'trusted', index];
    const range = report.take(path, parseCidr(entry));
    if (range?.bits === 0) {
      const message = `${range.cidr} is every address: any caller could name any address`;
      report.add(path, callers(message, 'the addresses of your proxies', 'list them'));
    } else if (range) trusted.push(range.cidr);
  }
  const secret = readSecret(value, report);
  return header === undefined ? undefined : { header, trusted, ...secret };
}

function readSecret(value: Readonly<Record<string, unknown>>, report: Report): Partial<AddressSource> {
  const { secretHeader, secretSha256 } = value;
  if (secretHeader === undefined && secretSha256 === undefined) return {};
  if (secretHeader === undefined || secretSha256 === undefined) {
    const [given, absent] =
      secretHeader === undefined ? ['secretSha256', 'secretHeader'] : ['secretHeader', 'secretSha256'];
    const message = `\`${given}\` without \`${absent}\` proves nothing`;
    report.add(['address', given!], callers(message, 'both or neither', `add \`${absent}\``), { at: 'key', value: '' });
  }
  const header = secretHeader === undefined ? undefined : readHeader(secretHeader, ['address', 'secretHeader'], report);
  const valid = typeof secretSha256 === 'string' && /^[0-9a-f]{64}$/i.test(secretSha256);
  if (secretSha256 !== undefined && !valid) {
    // Somebody may have written the secret itself: it is not repeated.
    const print = 'print it with: printf %s "$SECRET" | sha256sum. If the secret itself stands here, replace it';
    const mend = typeof secretSha256 === 'number' ? 'quote it: YAML takes it for a number' : print;
    report.add(['address', 'secretSha256'], callers('not a SHA-256', '64 hexadecimal digits', mend), { value: '' });
  }
  return header !== undefined && valid ? { secretHeader: header, secretSha256: secretSha256.toLowerCase() } : {};
}

export function readHeader(value: unknown, path: Path, report: Report): string | undefined {
  if (typeof value === 'string' && HEADER_PATTERN.test(value)) return value.toLowerCase();
  report.add(path, callers('not the name of a header', 'letters, digits and -', 'write x-api-key, for example'));
  return undefined;
}

const listOf = (value: unknown): [number, unknown][] => (Array.isArray(value) ? [...value.entries()] : []);
const callers = (message: string, allowed: string, mend: string): Finding => ({
  code: 'HG118',
  message,
  allowed,
  mend,
});
export const twice = (what: string): Finding => ({
  code: 'HG104',
  message: `${what} stands twice`,
  allowed: 'each once',
  mend: 'take one away',
});
