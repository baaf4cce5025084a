type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number }
  | { readonly kind: 'probing' };

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open before it lets one call through as a probe, ms. */
  readonly pauseMs: number;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
}

/**
 * Answers at once while a store is down, instead of letting every request wait for the deadline.
 *
 * ```
 * closed -- N failures in a row --> open -- pause over: one call --> probing -- success --> closed
 *                                    ^                                  |
 *                                    +------------- failure ------------+
 * ```
 */
export class Breaker {
  readonly pauseMs: number;
  readonly #failures: number;
  readonly #clock: () => number;
  #state: State = { kind: 'closed', failures: 0 };

  constructor(options: BreakerOptions) {
    this.pauseMs = options.pauseMs;
    this.#failures = options.failures;
    this.#clock = options.clock;
  }

  /** Whether a call may go out; in the open state one may after the pause. Each call that may reports back. */
  admits(): boolean {
    if (this.#state.kind === 'closed') return true;
    if (this.#state.kind === 'probing' || this.#clock() < this.#state.until) return false;
    this.#state = { kind: 'probing' };
    return true;
  }

  succeeded(): void {
    this.#state = { kind: 'closed', failures: 0 };
  }

  failed(): void {
    const failures = this.#state.kind === 'closed' ? this.#state.failures + 1 : this.#failures;
    this.#state =
      failures < this.#failures ? { kind: 'closed', failures } : { kind: 'open', until: this.#clock() + this.pauseMs };
  }
}
