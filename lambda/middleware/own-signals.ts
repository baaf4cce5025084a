import { describeFault } from '../authorizer/describe-fault.ts';
import { AUTHORIZER_ENVIRONMENT } from '../authorizer/environment.ts';
import type { GateAnswer } from '../authorizer/gate.ts';
import { detailsOf } from '../authorizer/metrics.ts';
import { messageOf, type RejectedRequest, rejectionsOf, sampledRejections } from '../authorizer/rejection-log.ts';
import { seldom } from '../authorizer/seldom.ts';
import type { LimitStatus } from '../limiter/verdict.ts';
import { ContainerMetrics } from '../signals/container-metrics.ts';
import { jsonLines, print, type Say } from '../signals/log-lines.ts';
import type { MetricName } from '../signals/metric-names.ts';
import { nearQuotaLog } from '../signals/near-quota-log.ts';
import { quietly } from '../signals/quietly.ts';
import type { CallerVerdict } from '../standalone/request-limiter.ts';

export interface OwnSignalsOptions {
  /** The gate under whose name metrics are found: the output `HeadgateGateName`. */
  readonly gate: string;
  /** Takes one line of the log, without its end. @default - the function's log */
  readonly write?: (line: string) => void;
  /** From 0 up to 1: which lines of a sample are written. @default Math.random */
  readonly random?: () => number;
}

/** What limits of a function's own leave behind: the lines and, as far as they can, the metrics of a gate. Never throws. */
export interface OwnSignals {
  /**
   * A decision.
   *
   * @param now milliseconds since the epoch, the limiter's clock
   * @param near how many of its limits have come near the end of their period
   */
  decided(request: RejectedRequest, decision: CallerVerdict, now: number, near: number): void;
  /** A quota that is nearly used up. */
  near(status: LimitStatus): void;
  /** Further writes for a decision that is noted already. */
  wrote(writes: number): void;
  /** Writes a line to the same log. */
  readonly say: Say;
  /** The counters could not be asked. */
  storeFailed(error: unknown): void;
}

/** @param now milliseconds since the epoch, of this machine: what metrics are found under */
export function ownSignals(options: OwnSignalsOptions & { readonly everyMs?: number }, now = Date.now): OwnSignals {
  const { gate, write = print, random, everyMs } = options;
  const sampling = random && { random };
  const metrics = new ContainerMetrics({ gate, write, now, everyMs, coldStarts: false, ...sampling });
  const say = jsonLines(write);
  const log = sampledRejections((rejection) => say('info', messageOf(rejection), rejection), now, random);
  const logNear = nearQuotaLog(say, now, random);
  const warn = seldom((error, repeated) =>
    say('warn', 'The counters could not be asked', { ...describeFault(error), ...repeated }),
  );
  return {
    say: (level, message, more) => quietly(() => say(level, message, more)),
    decided(request, decision, at, near) {
      const answer = answerOf(decision);
      quietly(() => {
        if (near > 0) metrics.count('QuotaNear', near);
        metrics.record(ownMetricsOf(decision), 0, detailsOf(request, answer));
      });
      quietly(() => rejectionsOf(request, answer, at).forEach(log));
    },
    near: (status) => quietly(() => logNear(status)),
    wrote: (writes) => quietly(() => writes > 0 && metrics.count('WriteUnits', writes)),
    storeFailed: (error) => quietly(() => warn(error)),
  };
}

const answerOf = ({ caller, verdict, blocked }: CallerVerdict): GateAnswer =>
  blocked ? { kind: 'unauthorized', caller, reason: 'blocked' } : { kind: 'decided', caller, verdict };

/** Every request is exactly one of OwnAllowed, OwnLimited, OwnBlocked and OwnFailedClosed. */
function ownMetricsOf({ verdict: { allowed, failure }, blocked }: CallerVerdict): readonly MetricName[] {
  if (blocked) return ['OwnBlocked'];
  if (failure === undefined) return [allowed ? 'OwnAllowed' : 'OwnLimited'];
  return allowed ? ['OwnAllowed', 'OwnFailedOpen'] : ['OwnFailedClosed'];
}

/** One for each gate and container: several limits of a function share its lines. */
const shared = new Map<string, OwnSignals>();

/**
 * Those that `rateLimit` has: as given, else of the gate that the function's environment names, else none.
 *
 * @param given `false`: none, whatever the environment says
 */
export function signalsOf(given: OwnSignalsOptions | false | undefined, now?: () => number): OwnSignals | undefined {
  if (given === false) return undefined;
  const gate = given?.gate ?? process.env[AUTHORIZER_ENVIRONMENT.gate];
  if (!gate) return undefined;
  if (given?.write || given?.random) return ownSignals(given, now);
  const known = shared.get(gate);
  if (known) return known;
  const flushMs = Number(process.env[AUTHORIZER_ENVIRONMENT.flushMs]);
  const made = ownSignals({ gate, ...(flushMs > 0 && { everyMs: flushMs }) });
  shared.set(gate, made);
  return made;
}
