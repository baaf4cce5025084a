import type { Budget } from '../policy/policy.ts';
import type { Cell, Look } from './cells/cell.ts';
import type { Ask, Plan } from './plan.ts';
import type { Charge, LimitStatus, StoreFailure, Verdict } from './verdict.ts';

/** What one subject answers. */
export interface Part {
  readonly allowed: boolean;
  readonly statuses: readonly LimitStatus[];
  readonly writes: number;
  readonly failure?: StoreFailure;
}

/** Where a limit stands. `retryAt` is given where the request does not pass it, `waitMs` where it has to wait first. */
export function statusOf(
  subject: string,
  charge: Charge,
  cell: Cell,
  look: Look,
  retryAt?: number,
  waitMs = 0,
): LimitStatus {
  return {
    name: charge.name,
    subject,
    mode: charge.mode,
    limit: cell.limit,
    windowMs: charge.budget.windowMs,
    ...fillOf(charge.budget, cell.limit),
    remaining: look.left,
    resetAt: look.resetAt,
    allowed: retryAt === undefined,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(waitMs > 0 ? { waitMs } : {}),
  };
}

/** A bucket holds its burst and not what flows in during a window; a queue its places. */
function fillOf({ algorithm, limit, windowMs }: Budget, size: number): { readonly fillMs?: number } {
  if (algorithm !== 'token-bucket' && algorithm !== 'leaky-bucket') return {};
  return { fillMs: Math.ceil((size * windowMs) / limit) };
}

/** The statuses of a subject for which nothing was taken. */
export function statusesByBelief(ask: Ask, plan: Plan): LimitStatus[] {
  return ask.charges.map((charge, i) => {
    const look = plan.looks[i]!;
    return statusOf(ask.subject, charge, ask.cells[i]!, look, look.fits ? undefined : look.retryAt);
  });
}

/** How soon to ask again after a store failure under `onStoreFailure: deny`. */
const RETRY_AFTER_FAILURE_MS = 1000;

/**
 * The answer for a subject whose counters could not be asked: every limit by its `onStoreFailure`.
 *
 * Contention is not that: the store answers, and each try failed because somebody else was counted. To let such a request
 * through would let a crowd through exactly where it is largest, so it is refused, whatever `onStoreFailure` says.
 */
export function failedPart(ask: Ask, plan: Plan, failure: StoreFailure, writes: number): Part {
  const statuses = ask.charges.map((charge, i) => {
    const look = plan.looks[i]!;
    const shadow = charge.mode === 'shadow';
    const refused = shadow ? !look.fits : charge.onStoreFailure === 'deny' || failure === 'contention';
    const retryAt = shadow ? look.retryAt : plan.time + RETRY_AFTER_FAILURE_MS;
    return statusOf(ask.subject, charge, ask.cells[i]!, look, refused ? retryAt : undefined);
  });
  return { allowed: statuses.every((status) => status.allowed || status.mode === 'shadow'), statuses, writes, failure };
}

/** Puts the subjects' answers together. */
export function verdictOf(parts: readonly Part[]): Verdict {
  const limits = parts.flatMap((part) => part.statuses);
  const allowed = parts.every((part) => part.allowed);
  const failure = parts.find((part) => part.failure !== undefined)?.failure;
  const binding = bindingOf(limits, allowed);
  const waits = limits.map(({ mode, waitMs = 0 }) => (mode === 'shadow' ? 0 : waitMs));
  const waitMs = allowed ? Math.max(0, ...waits) : 0;
  return {
    allowed,
    limits,
    ...(binding ? { binding } : {}),
    ...(allowed || binding?.retryAt === undefined ? {} : { retryAt: binding.retryAt }),
    ...(waitMs > 0 ? { waitMs } : {}),
    ...(failure ? { failure } : {}),
    writes: parts.reduce((sum, part) => sum + part.writes, 0),
  };
}

/**
 * The most restrictive enforced limit: of those that deny the last to free up, else the one with the fewest units left,
 * since that is how much really passes before some limit says no.
 */
function bindingOf(limits: readonly LimitStatus[], allowed: boolean): LimitStatus | undefined {
  let binding: LimitStatus | undefined;
  for (const status of limits) {
    if (status.mode === 'shadow' || (!allowed && status.allowed)) continue;
    if (!binding) binding = status;
    else if (allowed && status.remaining < binding.remaining) binding = status;
    else if (!allowed && status.retryAt! > binding.retryAt!) binding = status;
  }
  return binding;
}
