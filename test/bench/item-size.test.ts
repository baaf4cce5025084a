import { type Item, itemSize } from '../../bench/proxy/item-size.ts';

/** By hand, from the rules of AWS: names and values; numbers two digits a byte and one more. */
describe('item size', () => {
  test.each<[string, Item, number]>([
    ['nothing', {}, 0],
    ['a key', { pk: { S: 'client:a' } }, 2 + 8],
    ['UTF-8 in name and value', { ä: { S: '€' } }, 2 + 3],
    ['one digit', { n: { N: '7' } }, 1 + 2],
    ['two digits', { n: { N: '42' } }, 1 + 2],
    ['three digits', { n: { N: '123' } }, 1 + 3],
    ['zeros at both ends are free', { n: { N: '1800000000000' } }, 1 + 2],
    ['a fraction', { n: { N: '0.00125' } }, 1 + 3],
    ['zero', { n: { N: '0' } }, 1 + 1],
    ['a sign', { n: { N: '-42' } }, 1 + 3],
    ['an exponent', { n: { N: '1.5E+10' } }, 1 + 2],
    ['bytes, not base64', { b: { B: Buffer.from('12345').toString('base64') } }, 1 + 5],
    ['truth and null', { t: { BOOL: true }, u: { NULL: true } }, 2 + 2],
    ['sets', { s: { SS: ['ab', 'c'] }, n: { NS: ['1', '123'] } }, 1 + 3 + 1 + 5],
    ['a list', { l: { L: [{ S: 'ab' }, { N: '1' }] } }, 1 + 3 + 2 + 2 + 2],
    ['a map', { m: { M: { ab: { S: 'c' } } } }, 1 + 3 + 1 + 2 + 1],
    ['empty list and map', { l: { L: [] }, m: { M: {} } }, 1 + 3 + 1 + 3],
  ])('%s', (_what, item, bytes) => {
    expect(itemSize(item)).toBe(bytes);
  });

  test('an unknown type is refused, not taken for nothing', () => {
    expect(() => itemSize({ x: { Q: 1 } })).toThrow('unknown type Q');
  });
});
