import type { Properties } from '../support/stacks.ts';

/**
 * An evaluator of the part of CloudWatch's metric math that the alarms use, over the expressions as they stand in a template:
 * arithmetic, comparisons, IF, FILL. A metric without a value in a period is missing, and what is computed with it too.
 *
 * It does not model two things: INSIGHT_RULE_METRIC is looked up by the rule's value among the recorded series, and the band
 * of ANOMALY_DETECTION_BAND is recorded as well, because its model is CloudWatch's own.
 */

/** A metric's name, or `Rule:UniqueContributors` for a rule of Contributor Insights; one value for each period. */
export type Series = Readonly<Record<string, readonly (number | undefined)[]>>;

/** The state after the last period, as CloudWatch decides it: M of N, what is missing does not breach. */
export function stateOf(alarm: Properties, series: Series): 'ALARM' | 'OK' {
  const { EvaluationPeriods: periods, DatapointsToAlarm: wanted = periods, ThresholdMetricId: bandId } = alarm;
  if (alarm.TreatMissingData !== 'notBreaching') throw new Error('Only notBreaching is modelled');
  const length = Math.max(...Object.values(series).map((values) => values.length));
  let breaching = 0;
  for (let at = Math.max(0, length - periods); at < length; at++) {
    const value = comparedIn(alarm, series, at);
    const threshold = bandId === undefined ? alarm.Threshold : series.UpperBand?.[at];
    if (value === undefined || threshold === undefined) continue;
    const above = alarm.ComparisonOperator === 'GreaterThanUpperThreshold';
    if (!above && alarm.ComparisonOperator !== 'GreaterThanOrEqualToThreshold') throw new Error('Not modelled');
    if (above ? value > threshold : value >= threshold) breaching++;
  }
  return breaching >= wanted ? 'ALARM' : 'OK';
}

/** What the alarm compares in one period. */
export function comparedIn(alarm: Properties, series: Series, at: number): number | undefined {
  if (alarm.Metrics === undefined) return series[alarm.MetricName]?.[at];
  const queries = alarm.Metrics as Properties[];
  const byId = new Map(queries.map((query) => [query.Id, query]));
  const solve = (id: string): number | undefined => {
    const query = byId.get(id);
    if (query === undefined) throw new Error(`No metric ${id}`);
    if (query.MetricStat) return series[query.MetricStat.Metric.MetricName]?.[at];
    const insight = /^INSIGHT_RULE_METRIC\("[^"]+", "(\w+)"\)$/.exec(query.Expression);
    return insight ? series[`Rule:${insight[1]}`]?.[at] : new Expression(query.Expression, solve).value();
  };
  const watched = queries.filter(({ Id, ReturnData }) => ReturnData && Id !== alarm.ThresholdMetricId);
  if (watched.length !== 1) throw new Error(`${watched.length} series are watched`);
  return solve(watched[0]!.Id);
}

type Value = number | undefined;
const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '>=': (a, b) => Number(a >= b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '<': (a, b) => Number(a < b),
};
/** The weakest first. */
const LEVELS = [
  ['>=', '<=', '>', '<'],
  ['+', '-'],
  ['*', '/'],
];

class Expression {
  readonly #tokens: string[];
  readonly #metric: (id: string) => Value;
  #at = 0;

  constructor(text: string, metric: (id: string) => Value) {
    this.#tokens = text.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|>=|<=|[^\s\w]/g) ?? [];
    this.#metric = metric;
  }

  value(): Value {
    const value = this.#binary(0);
    if (this.#at < this.#tokens.length) throw new Error(`Not modelled: ${this.#tokens.slice(this.#at).join(' ')}`);
    // A division by zero has no value.
    return value === undefined || Number.isFinite(value) ? value : undefined;
  }

  #binary(level: number): Value {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#operand();
    let left = this.#binary(level + 1);
    while (operators.includes(this.#tokens[this.#at] ?? '')) {
      const operate = OPERATORS[this.#tokens[this.#at++]!]!;
      const right = this.#binary(level + 1);
      left = left === undefined || right === undefined ? undefined : operate(left, right);
    }
    return left;
  }

  #operand(): Value {
    const token = this.#tokens[this.#at++] ?? '';
    if (token === '(') return this.#closed(this.#binary(0));
    if (/^\d/.test(token)) return Number(token);
    if (this.#tokens[this.#at] !== '(') return this.#metric(token);
    this.#at++;
    const parts = [this.#binary(0)];
    while (this.#tokens[this.#at] === ',') {
      this.#at++;
      parts.push(this.#binary(0));
    }
    return this.#closed(call(token, parts));
  }

  #closed(value: Value): Value {
    if (this.#tokens[this.#at++] !== ')') throw new Error('A bracket is missing');
    return value;
  }
}

function call(name: string, [first, second, third]: Value[]): Value {
  if (name === 'FILL') return first ?? second;
  if (name === 'IF') return first === undefined ? undefined : first !== 0 ? second : third;
  throw new Error(`Not modelled: ${name}`);
}
