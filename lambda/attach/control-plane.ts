import { AttachError } from './attach-error.ts';
import { failureOf } from './control-plane-failure.ts';

/** Calls to API Gateway's control plane, paced and repeated. */
export interface ControlPlane {
  /**
   * @param operation its name in the API, `CreateDeployment`: rates differ
   * @throws AttachError HG243, with the SDK's error as its cause, where it was refused for good or too often
   */
  call<T>(operation: string, send: () => Promise<T>): Promise<T>;
}

export interface ControlPlaneOptions {
  /** Milliseconds, monotonic or not. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /**
   * How often a call that IAM denies is tried, after 0.5 s, 1 s, 2 s ...: a policy that was just made is known everywhere only
   * after some seconds.
   *
   * @default 1
   */
  readonly deniedAttempts?: number;
}

interface Rate {
  /** How many may go at once. */
  readonly burst: number;
  /** Milliseconds after which one more may. */
  readonly everyMs: number;
}

/**
 * The account's rates of API Gateway's control plane; others share them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const RATES: Readonly<Record<string, Rate>> = {
  CreateDeployment: { burst: 1, everyMs: 5000 },
  GetResources: { burst: 5, everyMs: 400 },
};
const OTHERS: Rate = { burst: 10, everyMs: 100 };

const ATTEMPTS = 8;
/** Another change of the same API that is under way passes; "in use" and "the name is taken" do not. */
const CONFLICT_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Keeps to the documented rates and repeats what was refused for its rate, for a conflict with another change, or by a
 * broken connection or server: after a random pause of up to 0.5 s, 1 s, 2 s … 15 s, or what the service asks for.
 */
export function createControlPlane({ clock, sleep, random, deniedAttempts = 1 }: ControlPlaneOptions): ControlPlane {
  const pace = createPace(clock, sleep);
  return {
    call: async (operation, send) => {
      for (let attempt = 1; ; attempt++) {
        await pace(operation);
        try {
          return await send();
        } catch (error) {
          const failure = failureOf(error);
          const attempts = { passing: ATTEMPTS, conflict: CONFLICT_ATTEMPTS, denied: deniedAttempts, final: 1 }[
            failure.kind
          ];
          if (attempt >= attempts) throw refused(operation, failure.name, failure.message, error);
          const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
          const pause = failure.kind === 'denied' ? longest : random() * longest;
          await sleep(Math.max(pause, failure.retryAfterMs));
        }
      }
    },
  };
}

/** One bucket for each rate. Callers wait in the order in which they come. */
function createPace(clock: () => number, sleep: (ms: number) => Promise<unknown>) {
  /** When the bucket would be full again. */
  const fullAt = new Map<string, number>();
  return async (operation: string): Promise<void> => {
    const bucket = operation in RATES ? operation : 'others';
    const { burst, everyMs } = RATES[operation] ?? OTHERS;
    const now = clock();
    const full = Math.max(fullAt.get(bucket) ?? now, now) + everyMs;
    fullAt.set(bucket, full);
    const wait = full - now - burst * everyMs;
    if (wait > 0) await sleep(wait);
  };
}

function refused(operation: string, name: string, message: string, cause: unknown): AttachError {
  return new AttachError('refused', `API Gateway refused ${operation} (${name}): ${message}`, { cause });
}
