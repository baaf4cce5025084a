import { safeText } from '../http/header-value.ts';

/** One line of the rejection log, as a report needs it. Every text is safe to show. */
export interface Rejection {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: string;
  /** `client:ID` or `address:IP`, as the command line takes it. */
  readonly subject: string;
  readonly limit?: string;
  readonly tier?: string;
  /** The API's own route, for example `POST /notes`. */
  readonly route?: string;
  /** How many rejections stand behind the line. From 1. */
  readonly represents: number;
  /** It was not for the caller's doing: the counters or the registry could not be asked. */
  readonly failure: boolean;
}

/** The events of the log that a report counts: every request that was turned away. */
export const REJECTION_EVENTS = ['limited', 'blocked', 'anonymous', 'failed-closed', 'unavailable'] as const;

/** For FilterLogEvents: the lines that tell of a request that was turned away. */
export function rejectionPattern(events: readonly string[] = REJECTION_EVENTS): string {
  return `{ ${events.map((event) => `$.event = "${event}"`).join(' || ')} }`;
}

const MAX_LINE = 20_000;
const MAX_REPRESENTS = 1_000_000_000;

/** Undefined for any other line. Lines of an older version, without `subject` and `represents`, are read too. */
export function readRejection(line: string, at: number): Rejection | undefined {
  const record = parsedLine(line);
  if (!record) return undefined;
  const event = lineText(record.event);
  if (!REJECTION_EVENTS.some((known) => known === event)) return undefined;
  const [client, address] = [lineText(record.clientId), lineText(record.address)];
  const own = client === undefined ? `address:${address ?? '?'}` : `client:${client}`;
  const [limit, tier, route] = [lineText(record.limit), lineText(record.tier), lineText(record.route)];
  const represents = Number(record.represents);
  return {
    at,
    event: event!,
    subject: lineText(record.subject) ?? own,
    ...(limit !== undefined && { limit }),
    ...(tier !== undefined && { tier }),
    ...(route !== undefined && { route }),
    represents: Number.isInteger(represents) && represents >= 1 ? Math.min(represents, MAX_REPRESENTS) : 1,
    failure: event === 'failed-closed' || event === 'unavailable' || record.failure !== undefined,
  };
}

/** The JSON of a line; undefined where there is none. */
export function parsedLine(line: string): Record<string, unknown> | undefined {
  const start = line.indexOf('{');
  if (start < 0 || line.length > MAX_LINE) return undefined;
  try {
    return JSON.parse(line.slice(start)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A text of a line, safe to show. */
export function lineText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? safeText(value) : undefined;
}
