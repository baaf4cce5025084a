import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** One limit of a workload: at most `limit` in `windowMs`, for each client. */
export interface Rule {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** What a contestant is built from for one run. */
export interface Setup {
  readonly endpoint: string;
  readonly rules: readonly Rule[];
  /** How many limiters run side by side, each with a memory of its own, as Lambda containers do. */
  readonly instances: number;
  /** Milliseconds since the epoch; `Date.now()` says the same. */
  readonly clock: () => number;
  /** To be told of each client of the SDK, before it is used. */
  readonly watch: (client: Pick<DynamoDBClient, 'middlewareStack'>) => void;
}

/** A contestant at work. */
export interface Running {
  /** Whether the request passes. */
  decide(instance: number, client: string): Promise<boolean>;
  /** Units that the store holds for one client under one rule, after the last request; undefined where they flow off. */
  used(client: string, rule: Rule): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface Contestant {
  readonly name: string;
  /** How tables name it. */
  readonly title: string;
  /** Whether it makes sense for so many limits on one request. */
  suits(rules: readonly Rule[]): boolean;
  open(setup: Setup): Promise<Running>;
}
