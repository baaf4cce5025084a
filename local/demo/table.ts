import Table from 'cli-table3';
import { isAllowed, isLimited, isRefused, type Outcome } from './traffic.ts';

const SHOWN = ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** One line of the demo's table. */
export interface Row {
  readonly caller: string;
  readonly api: string;
  readonly route: string;
  readonly sent: number;
  readonly allowed: number;
  /** 429. */
  readonly limited: number;
  /** 401 or 403. */
  readonly refused: number;
  readonly last: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
}

export function rowOf({ batch, answers }: Outcome): Row {
  const last = answers.at(-1);
  return {
    caller: batch.caller.name,
    api: batch.api,
    route: `${batch.method} ${batch.path}`,
    sent: answers.length,
    allowed: answers.filter(isAllowed).length,
    limited: answers.filter(isLimited).length,
    refused: answers.filter(isRefused).length,
    last: {
      status: last?.status ?? 0,
      headers: Object.fromEntries(
        SHOWN.flatMap((name) => {
          const value = last?.headers.get(name);
          return value == null ? [] : [[name, value]];
        }),
      ),
    },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  'retry-after': 'Retry-After',
  'x-ratelimit-limit': 'X-RateLimit-Limit',
  'x-ratelimit-remaining': 'X-RateLimit-Remaining',
  'x-ratelimit-reset': 'X-RateLimit-Reset',
};

/** The demo's table as text. */
export function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['caller', 'API', 'route', 'sent', 'allowed', '429', '401/403', 'last answer'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const { caller, api, route, sent, allowed, limited, refused, last } of rows) {
    const headers = Object.entries(last.headers).map(([name, value]) => `${NAMES[name]}: ${value}`);
    table.push([caller, api, route, sent, allowed, limited, refused, [last.status, ...twoByTwo(headers)].join('\n')]);
  }
  return table.toString();
}

function twoByTwo(texts: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < texts.length; at += 2) lines.push(texts.slice(at, at + 2).join('  '));
  return lines;
}
