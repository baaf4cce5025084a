import { safeText } from '../http/header-value.ts';
import { type EmfPart, emfLine } from './emf-line.ts';
import { FairSample } from './fair-sample.ts';
import { DIMENSION, DIMENSION_SETS, descriptionOf, type MetricName } from './metric-names.ts';

/** One stage of one API. */
export interface Place {
  readonly api: string;
  readonly stage: string;
}

/** The embedded metric format takes no more values of one metric in one line. */
const MOST_VALUES = 100;
/** How many stages are told apart in one batch; what comes from further ones is counted for the gate alone. */
const MOST_PLACES = 20;
const MOST_LIMITS = 100;

type Counts = Map<MetricName, number>;

/** What has been counted and measured since the last batch. Bounded, whatever comes in. */
export class MetricBatch {
  /** When the last of it came in, milliseconds since the epoch: the time of its lines. */
  at = 0;
  readonly #random: () => number;
  readonly #gate: Counts = new Map();
  readonly #places = new Map<string, Place & { readonly counts: Counts }>();
  readonly #limits = new Map<string, Counts>();
  readonly #times = new Map<MetricName, FairSample>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** @param place where it came from; used by those metrics only that are told apart by it */
  count(name: MetricName, by: number, place?: Place): void {
    add(this.#countsOf(name, place), name, by);
  }

  /** One request over `limit`. */
  countLimit(name: 'Limited' | 'ShadowLimited', limit: string): void {
    let counts = this.#limits.get(limit);
    if (!counts) {
      if (this.#limits.size === MOST_LIMITS) return;
      counts = new Map();
      this.#limits.set(limit, counts);
    }
    add(counts, name, 1);
  }

  time(name: MetricName, ms: number): void {
    let sample = this.#times.get(name);
    if (!sample) {
      sample = new FairSample(MOST_VALUES, this.#random);
      this.#times.set(name, sample);
    }
    // A tenth of a millisecond is finer than anything that is decided by it, and short.
    sample.add(Math.round(ms * 10) / 10);
  }

  /**
   * As few lines as the format permits: one for each stage, since a line holds one value of a dimension, and one for each
   * limit that had no room. Lines of several stages add up under `Gate`.
   */
  lines(gate: string): string[] {
    const whole = { [DIMENSION.gate]: gate };
    const own = { sets: [DIMENSION_SETS.gate], values: [...this.#gate, ...this.#measured()] };
    // A metric has one value in a line: what could not be told apart has a line to itself.
    const apart = [...this.#gate.keys()].some((name) => isPlaced(name));
    const lines: string[] = [];
    for (const { api, stage, counts } of this.#places.values()) {
      const parts: EmfPart[] = [{ sets: [DIMENSION_SETS.gate, DIMENSION_SETS.api], values: [...counts] }];
      if (lines.length === 0 && !apart && own.values.length > 0) parts.push(own);
      const dimensions = { ...whole, [DIMENSION.api]: safeText(api), [DIMENSION.stage]: safeText(stage) };
      lines.push(emfLine(this.at, dimensions, parts));
    }
    if ((apart || this.#places.size === 0) && own.values.length > 0) lines.push(emfLine(this.at, whole, [own]));
    for (const [limit, counts] of this.#limits) {
      const dimensions = { ...whole, [DIMENSION.limit]: safeText(limit) };
      lines.push(emfLine(this.at, dimensions, [{ sets: [DIMENSION_SETS.limit], values: [...counts] }]));
    }
    return lines;
  }

  #measured(): [MetricName, readonly number[]][] {
    return [...this.#times].map(([name, { values }]) => [name, values]);
  }

  #countsOf(name: MetricName, place: Place | undefined): Counts {
    // A dimension without a value is none.
    if (!place?.api || !place.stage || !isPlaced(name)) return this.#gate;
    const key = `${place.api}/${place.stage}`;
    const known = this.#places.get(key);
    if (known) return known.counts;
    if (this.#places.size === MOST_PLACES) return this.#gate;
    const { api, stage } = place;
    const counts: Counts = new Map();
    this.#places.set(key, { api, stage, counts });
    return counts;
  }
}

const isPlaced = (name: MetricName): boolean => descriptionOf(name).sets.includes('api');

function add(counts: Counts, name: MetricName, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
