import { Credits } from '../../lambda/limiter/credits.ts';

describe('Credits', () => {
  const credit = (charges: string, until: number) => ({ charges, taken: [true], until });

  test('are found by what they were taken for, until their time is over', () => {
    const credits = new Credits();
    const held = credit('abc:1', 100);
    credits.add(held);
    expect(credits.find('abc:2', 99)).toBeUndefined();
    expect(credits.find('abc:1', 99)).toBe(held);
    expect(credits.find('abc:1', 100)).toBeUndefined();
    expect(credits.find('abc:1', 99)).toBeUndefined();
  });

  test('each pays once', () => {
    const credits = new Credits();
    const [one, two] = [credit('abc:1', 100), credit('abc:1', 100)];
    credits.add(one);
    credits.add(two);
    expect(credits.count('abc:1', 1)).toBe(2);
    credits.remove(credits.find('abc:1', 1)!);
    expect(credits.count('abc:1', 1)).toBe(1);
    credits.remove(credits.find('abc:1', 1)!);
    expect(credits.find('abc:1', 1)).toBeUndefined();
  });

  test('are bounded: the oldest are lost', () => {
    const credits = new Credits();
    for (let i = 0; i < 65; i++) credits.add(credit(`abc:${i}`, 100));
    expect(credits.find('abc:0', 1)).toBeUndefined();
    expect(credits.find('abc:1', 1)).toBeDefined();
    expect(credits.find('abc:64', 1)).toBeDefined();
  });
});
