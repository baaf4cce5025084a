import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { createProgram, type Register } from '../../bin/cli/program.ts';
import { register as attach } from '../../bin/commands/attach.ts';
import { register as block } from '../../bin/commands/block.ts';
import { register as client } from '../../bin/commands/client.ts';
import { register as docs } from '../../bin/commands/docs.ts';
import { register as doctor } from '../../bin/commands/doctor.ts';
import { register as drill } from '../../bin/commands/drill.ts';
import { register as explain } from '../../bin/commands/explain.ts';
import { register as init } from '../../bin/commands/init.ts';
import { register as override } from '../../bin/commands/override.ts';
import { register as reset } from '../../bin/commands/reset.ts';
import { register as schema } from '../../bin/commands/schema.ts';
import { register as status } from '../../bin/commands/status.ts';
import { register as top } from '../../bin/commands/top.ts';
import { register as unblock } from '../../bin/commands/unblock.ts';
import { register as validate } from '../../bin/commands/validate.ts';

const root = path.join(__dirname, '..', '..');
const read = (page: string) => readFileSync(path.join(root, page), 'utf8');
const ways: readonly Register[] = [attach, block, client, docs, doctor, drill, explain, init];
const COMMANDS = [...ways, override, reset, schema, status, top, unblock, validate];

/** Every command of the README and the guides as one types it; in a block a comment may follow. The runbook has a test of its own. */
const pages = ['README.md', 'docs/README.md', ...globSync('docs/guide/*.md', { cwd: root }).sort()];
const lines = pages.flatMap((page) => {
  return [...read(page).matchAll(/npx headgate ([^`\n]+)/g)].map(([, line]) => line!.replace(/ +#.*$/, '').trim());
});
const NOT_COMMANDS = /^(COMMAND|and)\b|\.\.\./;
const commands = [...new Set(lines)].filter((line) => line !== '' && !NOT_COMMANDS.test(line));
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** The command that the words begin with. */
function leafOf(program: Command, line: string): Command {
  let leaf = program;
  for (const word of words(line)) {
    const next = leaf.commands.find((command) => command.name() === word);
    if (!next) break;
    leaf = next;
  }
  return leaf;
}

test('there are such commands', () => {
  expect(commands.length).toBeGreaterThan(15);
});

test.each(commands)('headgate %s is a command line', async (line) => {
  const program = createProgram(COMMANDS, '0', { writeOut: () => {}, writeErr: () => {} });
  const leaf = leafOf(program, line);
  expect(leaf).not.toBe(program);
  // A name alone, in a sentence, is no command to type.
  if (line === leaf.name()) return;
  const run = jest.fn();
  leaf.action(run);
  await program.parseAsync(words(line), { from: 'user' });
  expect(run).toHaveBeenCalledTimes(1);
});

test('the reference tells of every option of every command, in its section', () => {
  const sections = read('docs/reference/cli.md').split(/^## /m);
  const program = createProgram(COMMANDS, '0');
  const leaves = program.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one]));
  // Said once, for all commands.
  const everywhere = new Set(['--help', '--json', '--stack', '--registry']);
  const missing = leaves.flatMap((leaf) => {
    const name = leaf.parent === program ? leaf.name() : leaf.parent!.name();
    const section = sections.find((text) => text.slice(0, text.indexOf('\n')).split(', ').includes(name)) ?? '';
    const options = leaf.options.map(({ long }) => long!).filter((long) => !everywhere.has(long));
    return options.filter((long) => !section.includes(long)).map((long) => `${name} ${long}`);
  });
  expect(missing).toEqual([]);
});
