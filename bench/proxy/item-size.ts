/** An attribute value as it travels: one type letter and its value. */
export type Value = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Value>>;

/**
 * Bytes of an item that DynamoDB bills writes and reads by: names and values.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueSize(value);
  return bytes;
}

function valueSize(value: Value): number {
  const [type, content] = Object.entries(value)[0] ?? [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(content));
    case 'N':
      return numberSize(String(content));
    case 'B':
      return Buffer.from(String(content), 'base64').length;
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
    case 'NS':
    case 'BS':
      return sum((content as string[]).map((one) => valueSize({ [type.slice(0, 1)]: one })));
    case 'L':
      return 3 + sum((content as Value[]).map((one) => 1 + valueSize(one)));
    case 'M':
      return (
        3 + sum(Object.entries(content as Item).map(([name, one]) => 1 + Buffer.byteLength(name) + valueSize(one)))
      );
    default:
      throw new Error(`An attribute of the unknown type ${type} cannot be sized.`);
  }
}

/** One byte for two significant digits and one more; a sign takes a byte. Leading and trailing zeros are free. */
function numberSize(text: string): number {
  const negative = text.startsWith('-');
  const mantissa = text.replace(/^[+-]/, '').replace(/[eE].*$/, '');
  const digits = mantissa.replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;
  return Math.ceil(digits / 2) + 1 + Number(negative);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
