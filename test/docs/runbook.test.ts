import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../../bin/cli/program.ts';
import { register as attach } from '../../bin/commands/attach.ts';
import { register as block } from '../../bin/commands/block.ts';
import { register as client } from '../../bin/commands/client.ts';
import { register as doctor } from '../../bin/commands/doctor.ts';
import { register as explain } from '../../bin/commands/explain.ts';
import { register as override } from '../../bin/commands/override.ts';
import { register as reset } from '../../bin/commands/reset.ts';
import { register as status } from '../../bin/commands/status.ts';
import { register as top } from '../../bin/commands/top.ts';
import { register as unblock } from '../../bin/commands/unblock.ts';
import { register as validate } from '../../bin/commands/validate.ts';
import { ALARM_IDS, alarmDescription } from '../../lambda/policy/alarm-catalogue.ts';

const COMMANDS = [attach, block, client, doctor, explain, override, reset, status, top, unblock, validate];
const root = path.join(__dirname, '..', '..');
const text = readFileSync(path.join(root, 'docs', 'runbook.md'), 'utf8');
const [, first = '', ...sections] = text.split(/^## /m);
const byId = new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));

test('there is one heading for each alarm, in the order of the catalogue, after what comes first', () => {
  expect(first).toMatch(/^First\n/);
  expect([...byId.keys()]).toEqual(ALARM_IDS);
});

describe.each(ALARM_IDS)('%s', (id) => {
  const section = byId.get(id) ?? '';

  test('says what it means, how to see, what to do and how to know that it is over', () => {
    expect([...section.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, word]) => word)).toEqual(['Means', 'See', 'Do', 'Over']);
    expect(section).toContain('npx headgate ');
  });

  test('names the numbers that the alarm has', () => {
    const { threshold, minimum } = alarmDescription(id);
    const means = section.slice(0, section.indexOf('**See.**'));
    const numbers = [minimum?.default, threshold.default].filter((number) => number !== undefined && number > 1);
    for (const number of numbers) expect(means).toContain(String(number));
  });
});

/** Every command of the runbook, in code or in a block. */
const commands = [...new Set([...text.matchAll(/npx headgate ([^`\n]+)/g)].map(([, line]) => line!.trim()))];

test.each(commands)('headgate %s is a command line', async (line) => {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const program = createProgram(COMMANDS, '0', { writeOut: () => {}, writeErr: () => {} });
  let leaf: Command = program;
  for (const word of words) {
    const next = leaf.commands.find((command) => command.name() === word);
    if (!next) break;
    leaf = next;
  }
  expect(leaf).not.toBe(program);
  const run = jest.fn();
  leaf.action(run);
  await program.parseAsync(words, { from: 'user' });
  expect(run).toHaveBeenCalledTimes(1);
});

test('its links lead somewhere', () => {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^https:/.test(link));
  for (const link of links) {
    const [file, anchor] = link.split('#');
    if (file === '') expect([link, byId.has(anchor!)]).toEqual([link, true]);
    else expect(() => readFileSync(path.join(root, 'docs', file!), 'utf8')).not.toThrow();
  }
});
