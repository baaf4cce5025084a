import { type Charge, readUnits, writeUnits } from './billing.ts';
import { type Item, itemSize } from './item-size.ts';

export type Body = Readonly<Record<string, unknown>>;

/** What the engine answered. */
export interface Answer {
  readonly status: number;
  readonly body: Body;
}

/** Asks the engine itself; not billed. */
export type Ask = (operation: string, body: Body) => Promise<Answer>;

export interface Metered {
  readonly answer: Answer;
  /** Absent for what AWS does not bill by units: tables are made and described for nothing, errors cost nothing. */
  readonly charge?: Charge;
  readonly refused: boolean;
}

/** Operations that move no items. */
const FREE = new Set([
  'CreateTable',
  'DeleteTable',
  'DescribeTable',
  'ListTables',
  'DescribeTimeToLive',
  'UpdateTimeToLive',
]);

/**
 * Passes operations on to an engine and works out what AWS would bill for each.
 *
 * An update is billed by the item before and after, so the meter asks the engine for the item after (and hides it again
 * where the caller had not asked), and remembers the size that each item had last. It must therefore see every write,
 * from the table's creation on. What the engine itself says of consumed capacity is not used.
 */
export class Meter {
  readonly #ask: Ask;
  readonly #keys = new Map<string, readonly string[]>();
  readonly #sizes = new Map<string, number>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async pass(operation: string, body: Body): Promise<Metered> {
    if (FREE.has(operation)) return this.#table(operation, body);
    switch (operation) {
      case 'GetItem':
        return this.#get(body);
      case 'UpdateItem':
        return this.#update(body);
      case 'PutItem':
      case 'DeleteItem':
        return this.#replace(operation, body);
      case 'TransactWriteItems':
        return this.#transactWrite(body);
      case 'TransactGetItems':
        return this.#transactGet(body);
      case 'Query':
        return this.#query(body);
      default:
        throw new Error(`The counting proxy does not know what AWS bills for ${operation}.`);
    }
  }

  async #table(operation: string, body: Body): Promise<Metered> {
    const answer = await this.#ask(operation, body);
    if (operation === 'CreateTable') {
      const schema = body.KeySchema as { AttributeName: string }[];
      this.#keys.set(String(body.TableName), schema.map((key) => key.AttributeName).sort());
    }
    return { answer, refused: false };
  }

  async #get(body: Body): Promise<Metered> {
    const answer = await this.#ask('GetItem', body);
    if (answer.status !== 200) return { answer, refused: false };
    const known = this.#sizes.get(this.#name(body.TableName, body.Key as Item));
    const size = known ?? (answer.body.Item ? itemSize(answer.body.Item as Item) : 0);
    const read = readUnits(size, body.ConsistentRead === true ? 'strong' : 'eventual');
    return { answer, charge: { write: 0, read }, refused: false };
  }

  async #update(body: Body): Promise<Metered> {
    const name = this.#name(body.TableName, body.Key as Item);
    const wants = body.ReturnValues ?? 'NONE';
    const visible = wants === 'NONE' || wants === 'ALL_NEW';
    const answer = await this.#ask('UpdateItem', {
      ...body,
      ...(visible && { ReturnValues: 'ALL_NEW' }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const before = this.#sizes.get(name) ?? 0;
    if (isConditionFailure(answer)) {
      const size = answer.body.Item ? itemSize(answer.body.Item as Item) : 0;
      const shown = body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? answer : without(answer, 'Item');
      return { answer: shown, charge: { write: writeUnits(size, 0), read: 0 }, refused: true };
    }
    if (answer.status !== 200) return { answer, refused: false };
    const after = visible
      ? itemSize(answer.body.Attributes as Item)
      : await this.#sizeNow(body.TableName, body.Key as Item);
    this.#sizes.set(name, after);
    const shown = wants === 'NONE' ? without(answer, 'Attributes') : answer;
    return { answer: shown, charge: { write: writeUnits(before, after), read: 0 }, refused: false };
  }

  async #replace(operation: 'PutItem' | 'DeleteItem', body: Body): Promise<Metered> {
    const item = body.Item as Item | undefined;
    const name = this.#name(body.TableName, item ?? (body.Key as Item));
    const answer = await this.#ask(operation, body);
    const before = this.#sizes.get(name) ?? 0;
    const refused = isConditionFailure(answer);
    if (answer.status !== 200 && !refused) return { answer, refused };
    const after = item ? itemSize(item) : 0;
    if (!refused) this.#sizes.set(name, after);
    // By the documentation a refused put is billed by the larger of the two as well.
    return { answer, charge: { write: writeUnits(before, after), read: 0 }, refused };
  }

  /** Every item twice, whether the transaction is carried out or cancelled by a condition. */
  async #transactWrite(body: Body): Promise<Metered> {
    const actions = (body.TransactItems as Record<string, Body>[]).map((action) => Object.entries(action)[0]!);
    const names = actions.map(([, one]) => this.#name(one.TableName, (one.Key ?? one.Item) as Item));
    const before = names.map((name) => this.#sizes.get(name) ?? 0);
    const answer = await this.#ask('TransactWriteItems', body);
    const refused = errorOf(answer) === 'TransactionCanceledException';
    if (answer.status !== 200 && !refused) return { answer, refused };
    let write = 0;
    for (const [i, [kind, one]] of actions.entries()) {
      const key = (one.Key ?? one.Item) as Item;
      const after = refused || kind === 'ConditionCheck' ? before[i]! : await this.#sizeNow(one.TableName, key);
      this.#sizes.set(names[i]!, after);
      write += writeUnits(before[i]!, after, true);
    }
    return { answer, charge: { write, read: 0 }, refused };
  }

  async #transactGet(body: Body): Promise<Metered> {
    const answer = await this.#ask('TransactGetItems', body);
    if (answer.status !== 200) return { answer, refused: false };
    const items = (answer.body.Responses as { Item?: Item }[]).map(({ Item }) => (Item ? itemSize(Item) : 0));
    const read = items.reduce((total, size) => total + readUnits(size, 'transaction'), 0);
    return { answer, charge: { write: 0, read }, refused: false };
  }

  /** By what comes back: a query with a filter would cost more than this, and none here has one. */
  async #query(body: Body): Promise<Metered> {
    if (body.FilterExpression) throw new Error('The counting proxy cannot bill a query with a filter.');
    const answer = await this.#ask('Query', body);
    if (answer.status !== 200) return { answer, refused: false };
    const size = (answer.body.Items as Item[]).reduce((total, item) => total + itemSize(item), 0);
    const read = readUnits(size, body.ConsistentRead === true ? 'strong' : 'eventual');
    return { answer, charge: { write: 0, read }, refused: false };
  }

  async #sizeNow(table: unknown, from: Item): Promise<number> {
    const keys = this.#keyNames(table);
    const Key = Object.fromEntries(keys.map((key) => [key, from[key]]));
    const { body } = await this.#ask('GetItem', { TableName: table, Key, ConsistentRead: true });
    return body.Item ? itemSize(body.Item as Item) : 0;
  }

  #name(table: unknown, from: Item): string {
    return JSON.stringify([table, ...this.#keyNames(table).map((key) => from[key])]);
  }

  #keyNames(table: unknown): readonly string[] {
    const keys = this.#keys.get(String(table));
    if (!keys)
      throw new Error(`The counting proxy did not see table ${table} being created, so it knows no sizes in it.`);
    return keys;
  }
}

const errorOf = ({ status, body }: Answer): string =>
  status === 200 ? '' : (String(body.__type).split('#').at(-1) ?? '');
const isConditionFailure = (answer: Answer): boolean => errorOf(answer) === 'ConditionalCheckFailedException';

function without(answer: Answer, name: string): Answer {
  const { [name]: _, ...body } = answer.body;
  return { status: answer.status, body };
}
