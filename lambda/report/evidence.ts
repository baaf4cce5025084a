/** Who was turned away in a range of time, as one source tells it. */
export interface Evidence {
  readonly source: 'contributor-insights' | 'rejection-log';
  /** Requests that were turned away. */
  readonly total: number;
  /** Different subjects; a lower bound where `subjectsAtLeast`. */
  readonly subjects: number;
  readonly subjectsAtLeast?: true;
  /** By requests, the heaviest first; at most 100. */
  readonly offenders: readonly Offender[];
  /** By requests, the heaviest first; at most 20. */
  readonly routes: readonly Counted[];
  readonly limits: readonly Counted[];
  /** Of `total`: turned away because the counters or the registry could not be asked. */
  readonly byFailure: number;
  /** Of `total`: from addresses without a proven identity. */
  readonly byAddress: number;
  /** What the source left out, as a sentence. */
  readonly incomplete?: string;
}

export interface Counted {
  readonly name: string;
  readonly requests: number;
}

export interface Offender {
  readonly subject: string;
  readonly requests: number;
  readonly tier?: string;
  /** The heaviest first, at most 5. */
  readonly routes: readonly string[];
  readonly limits: readonly string[];
  /** The first of them in the range; milliseconds since 1970. */
  readonly since?: number;
}

/** One observation: so many requests of a subject were turned away, by this limit on this route. */
export interface Observation {
  readonly subject: string;
  readonly requests: number;
  readonly limit?: string | undefined;
  readonly tier?: string | undefined;
  readonly route?: string | undefined;
  readonly at?: number | undefined;
  readonly failure?: boolean;
}

const MAX_SUBJECTS = 20_000;
const MAX_NAMES = 200;

interface Entry {
  requests: number;
  since?: number;
  tier?: string;
  readonly routes: Map<string, number>;
  readonly limits: Map<string, number>;
}

/** Adds observations up, within bounded memory: what is beyond 20,000 subjects is counted, but not by name. */
export class Tally {
  readonly #subjects = new Map<string, Entry>();
  readonly #routes = new Map<string, number>();
  readonly #limits = new Map<string, number>();
  #total = 0;
  #byFailure = 0;
  #byAddress = 0;
  #overflow = false;

  add(seen: Observation): void {
    this.#total += seen.requests;
    if (seen.failure) this.#byFailure += seen.requests;
    if (seen.subject.startsWith('address:')) this.#byAddress += seen.requests;
    count(this.#routes, seen.route, seen.requests);
    count(this.#limits, seen.limit, seen.requests);
    const entry = this.#entry(seen.subject);
    if (!entry) return;
    entry.requests += seen.requests;
    if (seen.at !== undefined) entry.since = Math.min(entry.since ?? seen.at, seen.at);
    if (seen.tier !== undefined) entry.tier ??= seen.tier;
    count(entry.routes, seen.route, seen.requests);
    count(entry.limits, seen.limit, seen.requests);
  }

  #entry(subject: string): Entry | undefined {
    let entry = this.#subjects.get(subject);
    if (!entry && this.#subjects.size >= MAX_SUBJECTS) this.#overflow = true;
    else if (!entry) {
      entry = { requests: 0, routes: new Map(), limits: new Map() };
      this.#subjects.set(subject, entry);
    }
    return entry;
  }

  evidence(source: Evidence['source'], incomplete?: string): Evidence {
    const heaviest = [...this.#subjects].sort(([, a], [, b]) => b.requests - a.requests).slice(0, 100);
    return {
      source,
      total: this.#total,
      subjects: this.#subjects.size,
      ...(this.#overflow && { subjectsAtLeast: true }),
      offenders: heaviest.map(([subject, { requests, tier, since, routes, limits }]) => ({
        subject,
        requests,
        ...(tier !== undefined && { tier }),
        routes: ranked(routes, 5).map(({ name }) => name),
        limits: ranked(limits, 5).map(({ name }) => name),
        ...(since !== undefined && { since }),
      })),
      routes: ranked(this.#routes, 20),
      limits: ranked(this.#limits, 20),
      byFailure: this.#byFailure,
      byAddress: this.#byAddress,
      ...(incomplete !== undefined && { incomplete }),
    };
  }
}

/** A caller can make up paths: names beyond the first 200 are not told apart. */
function count(counts: Map<string, number>, name: string | undefined, requests: number): void {
  if (name === undefined || (counts.size >= MAX_NAMES && !counts.has(name))) return;
  counts.set(name, (counts.get(name) ?? 0) + requests);
}

function ranked(counts: ReadonlyMap<string, number>, most: number): Counted[] {
  const all = [...counts].map(([name, requests]) => ({ name, requests }));
  return all.sort((a, b) => b.requests - a.requests).slice(0, most);
}
