import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { MissingEnvironmentError } from '../authorizer/authorizer-error.ts';
import { AUTHORIZER_ENVIRONMENT } from '../authorizer/environment.ts';
import type { AuthorizerContext } from '../http/context.ts';
import { type RateLimitProblem, rateLimitProblem } from '../http/problem.ts';
import { rateLimitHeadersOf } from '../http/rate-limit-headers.ts';
import { contextOf } from '../http/verdict-context.ts';
import { parseAddress } from '../identity/address.ts';
import type { BlockList } from '../identity/block-list.ts';
import type { Caller } from '../identity/caller.ts';
import { isClientReference } from '../identity/client-id.ts';
import { Exemptions } from '../identity/exemptions.ts';
import { clientOfOwnId } from '../identity/own-id.ts';
import { type CounterStore, Limiter, type StoreError, type Verdict } from '../limiter/index.ts';
import type { Policy } from '../policy/policy.ts';
import { type BudgetNow, chargesFor, tierOf } from '../request/charges.ts';
import { matchReadings, type ReadableRequest } from '../request/match-readings.ts';
import { dynamodbStore } from '../store/dynamodb.ts';
import { createDynamoDbClient } from '../store/dynamodb-client.ts';
import { observeDates } from '../store/observe-dates.ts';
import { type ReliableStoreOptions, reliableStore } from '../store/reliable-store.ts';
import { sendingOnce } from '../store/sending-once.ts';
import { StoreClock } from '../store/store-clock.ts';

export interface CreateLimiterOptions
  extends Pick<ReliableStoreOptions, 'firstDeadlineMs' | 'deadlineMs' | 'breakerFailures' | 'breakerPauseMs'> {
  /** Compiled: `policyFromJson` here, or `policyFromFile` and `policyFromYaml` of `headgate/policy`. */
  readonly policy: Policy;
  /**
   * The table that holds the counters: partition key `pk` (string), TTL attribute `exp`, on demand.
   *
   * @default - the environment variable HEADGATE_COUNTERS_TABLE
   */
  readonly table?: string;
  /**
   * Its retries are not used and it is not changed: one retry is made inside the deadline, where it helps.
   *
   * @default - a client of its own, of the environment's region and credentials
   */
  readonly client?: DynamoDBClient;
  /** Instead of a table: `memoryStore()` in your tests. */
  readonly store?: CounterStore;
  /**
   * Milliseconds since the epoch.
   *
   * @default - this machine's clock, put right by the table's answers
   */
  readonly clock?: () => number;
  /** How many subjects are remembered. @default 10,000 */
  readonly maxSubjects?: number;
  /** Told of every failure of the table; the verdict then says `failure`, and `allowed` is as `onStoreFailure` says. */
  readonly onStoreError?: (error: StoreError) => void;
}

/** What a decision has to know of a request. Everything in it may come from the caller. */
export interface LimitedRequest extends Pick<ReadableRequest, 'parameters' | 'otherPaths'> {
  readonly method: string;
  /** As the caller sent it, without the query. */
  readonly path: string;
  /** The route that your router has chosen, for example `/users/{id}`; with it the spelling of the path does not matter. */
  readonly route?: string | undefined;
  /**
   * Whom limits `per: client` count: an account, a tenant, a user, as far as it is proven. One that is longer than 64
   * characters, or has others than letters, digits and `. _ @ + = -`, is counted as its SHA-256.
   *
   * @default - the address
   */
  readonly client?: string | undefined;
  /** A client as the policy's `identify` names it: `iam:...`, `authorizer:...`, `apigw:...`. It counts before `client`, as it stands. */
  readonly proven?: string | undefined;
  /** One of the policy's. @default - the policy's first */
  readonly tier?: string | undefined;
  /** IPv4 or IPv6; those who have none share one budget. */
  readonly address?: string | undefined;
  /**
   * Whether the request may turn out not to count: then `refund` gives back what it has taken. For limits by
   * `sliding-window`, `sliding-window-log` and `fixed-window`.
   *
   * @default false
   */
  readonly refundable?: boolean;
}

/** The limiter of one process, over one policy and one table. */
export interface RequestLimiter {
  /**
   * Counts a request in every limit that matches it, all or none, and says whether it passes. Where it has to wait for
   * its turn in a queue (`leaky-bucket`) the verdict says so; `waitOut` waits.
   *
   * @throws RefundError (HG341) for a `refundable` request that meets a limit of another algorithm
   */
  decide(request: LimitedRequest): Promise<Verdict>;
  /**
   * Gives back what a `refundable` request has taken, once; what the table does not take stays counted.
   *
   * @param verdict the very object that `decide` returned
   * @returns how the limits stand now
   */
  refund(verdict: Verdict): Promise<Verdict>;
  /** What a verdict says, by name: see docs/reference/headers.md. */
  contextOf(verdict: Verdict): AuthorizerContext;
  /** The headers of a verdict, as the policy's `headers` says: `X-RateLimit-*`, and `Retry-After` where it denies. */
  headersOf(verdict: Verdict): Record<string, string>;
  /** The body of a 429, `application/problem+json`. */
  problemOf(verdict: Verdict): RateLimitProblem;
}

/** The same for those who have to say whom a verdict is about. */
export interface CallerLimiter extends RequestLimiter {
  decideFor(request: LimitedRequest): Promise<CallerVerdict>;
  /** Milliseconds since the epoch, by which it decides. */
  readonly clock: () => number;
  /** Forgets what it has seen of a subject: its item was deleted. */
  forget(subject: string): void;
  /** From now on this holds too. */
  heed(standing: Standing): void;
}

/** What a registry says at present, beside the policy. */
export interface Standing {
  readonly blocks: Pick<BlockList, 'address' | 'client' | 'refresh'>;
  readonly budgetNow: BudgetNow;
}

export interface CallerVerdict {
  /** As it was counted. */
  readonly caller: Caller;
  readonly verdict: Verdict;
  /** The caller is blocked: nothing was counted. */
  readonly blocked?: true;
}

const NO_LIMITS: Verdict = { allowed: true, limits: [], writes: 0 };

/**
 * The limiter by itself: a policy, a DynamoDB table, and no gateway. Make one for each process and keep it: it remembers
 * what it last saw, and denies from memory.
 *
 * ```ts
 * const limiter = createLimiter({ policy, table: 'counters', client: new DynamoDBClient() });
 * const verdict = await limiter.decide({ method: 'POST', path: '/login', address: '203.0.113.7' });
 * if (!verdict.allowed) respond(429, limiter.headersOf(verdict), limiter.problemOf(verdict));
 * ```
 *
 * @throws MissingEnvironmentError (HG330) without a table
 */
export function createLimiter(options: CreateLimiterOptions): RequestLimiter {
  return callerLimiter(options);
}

/** What `createLimiter` makes. @throws MissingEnvironmentError (HG330) without a table */
export function callerLimiter(options: CreateLimiterOptions): CallerLimiter {
  const { policy } = options;
  const { store, clock } = storeAndClock(options);
  const limiter = new Limiter({
    store,
    clock,
    // A clock in virtual time has none.
    ...(options.clock === undefined && { monotonic: () => performance.now() }),
    ...(options.maxSubjects !== undefined && { maxSubjects: options.maxSubjects }),
    ...(options.onStoreError && { onStoreError: options.onStoreError }),
  });
  const exempt = new Exemptions(policy.exempt);
  let standing: Standing | undefined;
  const words = (verdict: Verdict) => contextOf(verdict, { tier: policy.tiers[0]! }, clock(), policy.headers);
  const decideFor = async (request: LimitedRequest): Promise<CallerVerdict> => {
    const { method, path, route, parameters, otherPaths, client, proven, tier, address, refundable = false } = request;
    const from = parseAddress(address);
    const id = proven !== undefined && isClientReference(proven) ? proven : clientOfOwnId(client);
    const caller: Caller = {
      address: from?.key ?? 'unknown',
      tier: tierOf(policy, tier),
      ...(id !== undefined && { client: id }),
    };
    standing?.blocks.refresh();
    if (standing?.blocks.address(from) || (id !== undefined && standing?.blocks.client(id))) {
      return { caller, verdict: { ...NO_LIMITS, allowed: false }, blocked: true };
    }
    if (exempt.address(from) || exempt.client(id)) return { caller, verdict: NO_LIMITS };
    const readable = { method, path, template: route, parameters, ...(otherPaths && { otherPaths }) };
    const charges = chargesFor(policy, matchReadings(policy, readable), caller, standing?.budgetNow);
    if (charges.length === 0) return { caller, verdict: NO_LIMITS };
    const marked = refundable ? charges.map((one) => ({ ...one, refundable })) : charges;
    return { caller, verdict: await limiter.decide(marked) };
  };
  return {
    decideFor,
    clock,
    forget: (subject) => limiter.forget(subject),
    heed: (given) => {
      standing = given;
    },
    decide: async (request) => (await decideFor(request)).verdict,
    refund: (verdict) => limiter.refund(verdict),
    contextOf: words,
    headersOf: (verdict) => rateLimitHeadersOf(words(verdict)),
    problemOf: (verdict) => rateLimitProblem(words(verdict)),
  };
}

/** One for all limiters of this process that were given none: connections are worth keeping. */
let sharedClient: DynamoDBClient | undefined;
export const defaultClient = (): DynamoDBClient => {
  sharedClient ??= createDynamoDbClient();
  return sharedClient;
};

function storeAndClock(options: CreateLimiterOptions): { store: CounterStore; clock: () => number } {
  const own = () => Date.now();
  if (options.store) return { store: options.store, clock: options.clock ?? own };
  const table = options.table ?? process.env[AUTHORIZER_ENVIRONMENT.countersTable];
  if (!table) throw new MissingEnvironmentError(AUTHORIZER_ENVIRONMENT.countersTable);
  const client = sendingOnce(options.client ?? defaultClient());
  // Not its clock: deadlines are kept on a clock that never goes back.
  const { clock: _, ...reliability } = options;
  const store = reliableStore(dynamodbStore(client, table), reliability);
  if (options.clock) return { store, clock: options.clock };
  const storeClock = new StoreClock(own);
  observeDates(client, storeClock, own);
  return { store, clock: () => storeClock.now() };
}
