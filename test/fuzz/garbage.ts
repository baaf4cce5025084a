/** Values that a member of an event or an item may be replaced by: wrong types, long texts, texts that mean something. */
export function garbage(random: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  switch (Math.floor(random() * 10)) {
    case 0:
      return pick([null, undefined, true, false, Number.NaN, -0, Number.POSITIVE_INFINITY, 1e300, -1, 0.5]);
    case 1:
      return pick([[], {}, [[]], [{}], { length: 1e9 }, { toString: null }, [null, 'x-api-key'], Object.create(null)]);
    case 2:
      return pick(HOSTILE);
    case 3:
      return 'x'.repeat(Math.floor(random() ** 8 * 12_000));
    case 4:
      return pick(HOSTILE) + pick(HOSTILE);
    case 5:
      return binary(random, 40);
    case 6:
      return `/${binary(random, 12)}/%${Math.floor(random() * 256).toString(16)}/${pick(HOSTILE)}`;
    case 7:
      return pick([
        '2.0',
        '1.0',
        'REQUEST',
        'GET',
        'POST',
        'ANY',
        '$default',
        '/login',
        'GET /reports/*',
        '203.0.113.7',
      ]);
    case 8:
      return { ['__proto__']: { polluted: 'yes' }, constructor: { prototype: { polluted: 'yes' } } };
    default:
      return Math.floor(random() * 2 ** 31) * pick([1, -1, 1e10]);
  }
}

const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  '\r\nSet-Cookie: a=b',
  '\u0000',
  '\ud800',
  '%',
  '%00',
  '%2e%2e%2f',
  '/..%2f..',
  '//login',
  '/LOGIN/',
  '*',
  '{proxy+}',
  '{{7*7}}',
  '{"$ne":1}',
  "' OR 1=1 --",
  '::ffff:203.0.113.7',
  '2001:db8::1%eth0',
  '999.999.999.999',
  '203.0.113.7, 198.51.100.1,, ,',
  'arn:aws:execute-api:*:*:*/*/*/*',
  '\u202egnp.exe',
  'é'.repeat(300),
] as const;

function binary(random: () => number, most: number): string {
  let text = '';
  for (let i = Math.floor(random() * most); i >= 0; i--) text += String.fromCharCode(Math.floor(random() * 0x3000));
  return text;
}

/** Every place of an object at which something can be put, however deep. */
export function placesOf(value: object): [Record<string, unknown>, string][] {
  return Object.entries(value).flatMap(([key, member]): [Record<string, unknown>, string][] => [
    [value as Record<string, unknown>, key],
    ...(typeof member === 'object' && member !== null ? placesOf(member) : []),
  ]);
}
