import type { Command } from 'commander';
import { type Connect, connectOnDemand } from '../registry/command-options.ts';
import { register as registerAdd } from './client-add.ts';
import { register as registerChange } from './client-change.ts';
import { register as registerRead } from './client-read.ts';

/** `client add|list|show|set-tier|remove` */
export function register(program: Command, connect: Connect = connectOnDemand): void {
  const group = program
    .command('client')
    .description('Add, list and change the clients that a gate knows by their keys.')
    .helpCommand(false);
  registerAdd(group, connect);
  registerRead(group, connect);
  registerChange(group, connect);
}
