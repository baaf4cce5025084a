import { isClientId, isClientReference } from '../identity/client-id.ts';
import { parseCidr } from '../policy/addresses.ts';
import type { AlarmChange } from './alarm-change.ts';
import type { Evidence } from './evidence.ts';
import type { Kind } from './kind.ts';
import type { NearQuota } from './near-quota.ts';

/** One thing to do: the command as it is typed, and what it is good for. */
export interface Suggestion {
  readonly command: string;
  readonly why: string;
}

/** Names of limits as the policy allows them; others never reach a command. */
const LIMIT_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** What a report goes by. */
export interface Known {
  readonly evidence?: Evidence | undefined;
  readonly near?: readonly NearQuota[] | undefined;
  /** The gate's limits; others are of functions. @default - every limit is the gate's */
  readonly limits?: readonly string[] | undefined;
}

/** What to do about it, the most likely first. A command holds only what needs no quoting in a shell. */
export function suggestionsFor(kind: Kind, change: AlarmChange, { evidence, near = [], limits }: Known): Suggestion[] {
  if (kind === 'near-quota') return [...aboutTiers(near), STATUS];
  if (change.id === 'doctor') return [DOCTOR, STATUS];
  if (kind === 'limiter') return [{ ...DOCTOR, why: 'what of the gate is not as deployed' }, STATUS];
  if (kind === 'unknown') return [TOP, STATUS, DOCTOR];
  const [top] = evidence?.offenders ?? [];
  if (kind === 'one-client' || kind === 'one-address') {
    return top && isSubject(top.subject) ? [...aboutOne(top.subject, kind), STATUS] : [TOP, STATUS];
  }
  if (kind === 'many-addresses' || kind === 'one-route') return [...tighten(evidence, limits), TOP, STATUS];
  return [TOP, ...tighten(evidence, limits), STATUS];
}

const DOCTOR: Suggestion = { command: 'npx headgate doctor', why: 'whether everything is as deployed' };
const STATUS: Suggestion = { command: 'npx headgate status', why: 'what limits now, and whether it is over' };
const TOP: Suggestion = { command: 'npx headgate top', why: 'who is limited at this moment' };

function aboutOne(subject: string, kind: 'one-client' | 'one-address'): Suggestion[] {
  const answered = 'answered 401 (HTTP APIs: 403) for an hour';
  const first =
    kind === 'one-client'
      ? `if it is broken or stolen: all of its requests are ${answered}`
      : `if it is an attack: all requests of the address are ${answered}`;
  return [
    { command: `npx headgate block ${subject} --for 1h`, why: first },
    { command: `npx headgate unblock ${subject}`, why: 'takes that back' },
  ];
}

/** Whoever has a key of the registry has a tier that can be changed. */
function aboutTiers(near: readonly NearQuota[]): Suggestion[] {
  const [first] = near
    .filter(({ subject }) => subject.startsWith('client:'))
    .map(({ subject }) => subject.slice('client:'.length))
    .filter(isClientId);
  if (first === undefined) return [];
  return [
    { command: `npx headgate client show ${first}`, why: 'its tier; a larger one: headgate client set-tier ID TIER' },
  ];
}

/** The limit that does most of the work, made tighter for an hour; it lapses by itself. */
function tighten(evidence: Evidence | undefined, limits: readonly string[] | undefined): Suggestion[] {
  const [limit] = evidence?.limits ?? [];
  if (!limit || !LIMIT_NAME.test(limit.name)) return [];
  const own = limits === undefined || limits.includes(limit.name) ? '' : ' --own';
  const command = `npx headgate override ${limit.name}${own} --rate 1/minute --for 1h`;
  const why = `if it is an attack: the limit ${limit.name} at 1/minute, for ALL of its callers, good ones too (write a rate that they can live with); it lapses by itself`;
  return [
    { command, why },
    { command: `npx headgate override ${limit.name}${own} --remove`, why: 'takes that back' },
  ];
}

/** A subject that the command line takes, in letters that mean nothing to a shell. */
export function isSubject(subject: string): boolean {
  const colon = subject.indexOf(':');
  const name = subject.slice(colon + 1);
  if (subject.startsWith('client:')) return isClientReference(name);
  return subject.startsWith('address:') && 'cidr' in parseCidr(name);
}
