import { chosen, helpText, readOptions } from '../../bench/options.ts';

describe('options of the bench', () => {
  test('defaults, lists and what there is not', () => {
    expect(readOptions([])).toMatchObject({ quick: false, json: false, writeDocs: false, help: false, only: [] });
    expect(readOptions(['--only', 'cpu,burst', '--only', 'rlf', '--threads', '1'])).toMatchObject({
      only: ['cpu', 'burst', 'rlf'],
      threads: 1,
    });
    expect(() => readOptions(['--fast'])).toThrow('--fast');
    expect(() => readOptions(['--threads', '0'])).toThrow('a whole number from 1');
  });

  test('a name chooses itself and its two patterns; without a hit all are meant', () => {
    const names = ['one-limit-P', 'one-limit-C', 'burst', 'one-limit-more-P'];
    expect(chosen(names, ['one-limit'])).toEqual(['one-limit-P', 'one-limit-C']);
    expect(chosen(names, ['burst', 'headgate'])).toEqual(['burst']);
    expect(chosen(names, ['headgate'])).toEqual(names);
  });

  test('the help names what can be chosen', () => {
    const help = helpText(['burst'], ['rlf'], ['cpu']);
    for (const word of ['burst', 'rlf', 'cpu', '--quick', '--json', '--only', '--write-docs'])
      expect(help).toContain(word);
  });
});
