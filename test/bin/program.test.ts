import type { Command } from 'commander';
import { EXIT, Exit, UsageError } from '../../bin/cli/exit.ts';
import { terminalOf } from '../../bin/cli/terminal.ts';
import { run } from './run.ts';

const greet = (program: Command) => {
  program
    .command('greet')
    .argument('<name>')
    .action((name: string, _options: object, command: Command) => {
      const terminal = terminalOf(command);
      if (name === 'nobody') throw new UsageError('greet somebody');
      if (name === 'quietly') throw new Exit(EXIT.failed);
      if (name === 'boom') throw new TypeError('broken');
      terminal.print(terminal.style('bold', `Hello ${name}`));
      terminal.table(
        ['name', 'n'],
        [
          ['a', 1],
          ['bbb', 22],
        ],
      );
      terminal.note('said');
    });
};

test('results go to stdout, messages to stderr, and numbers stand to the right', async () => {
  expect(await run([greet], ['greet', 'you'])).toEqual({
    exitCode: 0,
    out: 'Hello you\nname   n\na      1\nbbb   22\n',
    err: 'said\n',
  });
});

test('colours only where the terminal has them', async () => {
  expect((await run([greet], ['greet', 'you'], true)).out).toContain('\u001b[1mHello you\u001b[22m');
  expect((await run([greet], ['greet', 'you'], false)).out).not.toContain('\u001b');
});

test.each<[readonly string[], number, RegExp]>([
  [[], 2, /Usage: headgate/],
  [['grete'], 2, /unknown command 'grete'\n\(Did you mean greet\?\)/],
  [['greet'], 2, /missing required argument 'name'/],
  [['greet', 'a', 'b'], 2, /too many arguments/],
  [['greet', '--loud', 'a'], 2, /unknown option '--loud'/],
  [['greet', 'nobody'], 2, /error HG201: greet somebody/],
  [['greet', 'quietly'], 1, /^$/],
  [['greet', 'boom'], 1, /^error TypeError: broken\n$/],
])('%j ends with %d', async (args, exitCode, message) => {
  const ran = await run([greet], args);
  expect(ran).toMatchObject({ exitCode, out: '' });
  expect(ran.err).toMatch(message);
});

test.each([['--help'], ['--version'], ['greet', '--help']])('%s ends with 0, on stdout', async (...args) => {
  const ran = await run([greet], args);
  expect(ran).toMatchObject({ exitCode: 0, err: '' });
  expect(ran.out).not.toBe('');
});
