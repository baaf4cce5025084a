import { safeText, wholeNumber } from '../../lambda/http/header-value.ts';

test.each([
  ['acme', 'acme'],
  ['say "hi"', "say 'hi'"],
  ['a\\b', 'a/b'],
  ['a\r\nSet-Cookie: x', 'a??Set-Cookie: x'],
  ['caf\u00e9 \u{1f600}', 'caf? ??'],
  ['\0', '?'],
  ['x'.repeat(1000), 'x'.repeat(256)],
])('%j is written %j', (text, safe) => {
  expect(safeText(text)).toBe(safe);
});

test.each([
  [7, '7'],
  [7.9, '7'],
  [0, '0'],
  [-3, '0'],
  [Number.NaN, '0'],
  [Number.POSITIVE_INFINITY, '0'],
  [1e30, '9007199254740991'],
])('%p is written %s', (value, digits) => {
  expect(wholeNumber(value)).toBe(digits);
});
