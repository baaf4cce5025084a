import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface Options {
  readonly quick: boolean;
  readonly json: boolean;
  readonly writeDocs: boolean;
  readonly help: boolean;
  /** Names of workloads, contestants and measures; empty: all. */
  readonly only: readonly string[];
  readonly threads: number;
}

/** @throws Error for an option that there is not */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      only: { type: 'string', multiple: true, default: [] },
      threads: { type: 'string' },
    },
  });
  const threads = Number(values.threads ?? Math.min(4, availableParallelism()));
  if (!Number.isInteger(threads) || threads < 1) throw new Error(`--threads ${values.threads}: a whole number from 1.`);
  return {
    quick: values.quick,
    json: values.json,
    writeDocs: values['write-docs'],
    help: values.help,
    only: values.only.flatMap((one) => one.split(',')).filter(Boolean),
    threads,
  };
}

/** Which of the names are meant: all where none of them is asked for. `one-limit` means all its patterns. */
export function chosen(names: readonly string[], only: readonly string[]): string[] {
  const hit = names.filter((name) => only.some((one) => means(one, name)));
  return hit.length ? hit : [...names];
}

/** A workload's name without its pattern means all of them. */
export const means = (asked: string, name: string): boolean => name === asked || name.replace(/-[PCR]$/, '') === asked;

export function helpText(
  workloads: readonly string[],
  contestants: readonly string[],
  measures: readonly string[],
): string {
  return `Compares what a decision costs: Headgate and others, on the same traffic, against a DynamoDB engine on this
machine, behind a proxy that counts what AWS would bill.

  npm run bench                              everything (minutes); exit code 1 where Headgate misses a figure
  npm run bench -- --quick                   less traffic; figures are rougher, and none is judged
  npm run bench -- --only ten-times          one workload in all its patterns, for every contestant
  npm run bench -- --only headgate,rlf,burst two contestants under one workload
  npm run bench -- --only cpu,bundles        what needs no peer
  npm run bench -- --json > bench.json       everything as JSON on stdout
  npm run bench -- --write-docs              rewrites the tables and the chart in docs/ from this run
  npm run bench -- --threads 1               one job at a time (default: one for each core, at most 4)

workloads    ${workloads.join(' ')}
contestants  ${contestants.join(' ')}
measures     ${measures.join(' ')}

HEADGATE_ENGINE_ENDPOINT names a DynamoDB engine to use instead of the one that the bench installs and starts.
`;
}
