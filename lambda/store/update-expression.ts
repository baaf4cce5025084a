import type { Condition, ConditionalWrite, Operand } from '../limiter/counter-store.ts';

/** The part of an UpdateItem request that a conditional write becomes. */
export interface UpdateExpressions {
  UpdateExpression: string;
  ConditionExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, { N: string }>;
}

/**
 * Renders a conditional write as DynamoDB expressions. Only documented forms: a comparison with a missing attribute is
 * never relied on (`attribute_not_exists(#a) OR #a <= :x`), and functions nest as the grammar
 * `if_not_exists(path, operand)` says.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export function updateExpression(write: ConditionalWrite): UpdateExpressions {
  const names = new Aliases('#');
  const values = new Aliases(':');
  const operand = (start: Operand): string => {
    if (typeof start === 'number') return values.of(String(start));
    const nest = (at: number): string => {
      const attribute = start.firstOf[at];
      if (attribute === undefined) return values.of(String(start.otherwise));
      return `if_not_exists(${names.of(attribute)}, ${nest(at + 1)})`;
    };
    return nest(0);
  };
  const sets = write.assignments.map(({ attribute, start, add }) => {
    const from = operand(start);
    return `${names.of(attribute)} = ${add === 0 ? from : `${from} + ${operand(add)}`}`;
  });
  const removals = write.removals.map((attribute) => names.of(attribute));
  const clauses = [
    ...(sets.length ? [`SET ${sets.join(', ')}`] : []),
    ...(removals.length ? [`REMOVE ${removals.join(', ')}`] : []),
  ];
  const conditions = write.conditions.map((condition) => conditionExpression(condition, names, values));
  return {
    UpdateExpression: clauses.join(' '),
    ...(conditions.length ? { ConditionExpression: conditions.join(' AND ') } : {}),
    ExpressionAttributeNames: names.toNames(),
    ...(values.size ? { ExpressionAttributeValues: values.toNumbers() } : {}),
  };
}

/** Every expression that this gives can stand beside an AND. */
function conditionExpression(condition: Condition, names: Aliases, values: Aliases): string {
  if (condition.kind === 'any' || condition.kind === 'all') {
    const parts = condition.of.map((one) => conditionExpression(one, names, values));
    return condition.kind === 'all' ? parts.join(' AND ') : `(${parts.join(' OR ')})`;
  }
  const name = names.of(condition.attribute);
  if (condition.kind === 'absent') return `attribute_not_exists(${name})`;
  if (condition.kind === 'at-most-other') return `${name} <= ${names.of(condition.other)}`;
  const value = values.of(String(condition.value));
  if (condition.kind === 'at-most') return `${name} <= ${value}`;
  if (condition.kind === 'above') return `${name} > ${value}`;
  return `(attribute_not_exists(${name}) OR ${name} <= ${value})`;
}

/** Short placeholders, one for each different name or value. */
class Aliases {
  readonly #prefix: string;
  readonly #aliases = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get size(): number {
    return this.#aliases.size;
  }

  of(text: string): string {
    let alias = this.#aliases.get(text);
    if (alias === undefined) {
      alias = this.#prefix + this.#aliases.size.toString(36);
      this.#aliases.set(text, alias);
    }
    return alias;
  }

  toNames(): Record<string, string> {
    const names: Record<string, string> = {};
    for (const [text, alias] of this.#aliases) names[alias] = text;
    return names;
  }

  toNumbers(): Record<string, { N: string }> {
    const numbers: Record<string, { N: string }> = {};
    for (const [text, alias] of this.#aliases) numbers[alias] = { N: text };
    return numbers;
  }
}
