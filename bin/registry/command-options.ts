import type { Command } from 'commander';
import type { connectRegistry } from './connect.ts';
import type { Registry } from './registry-table.ts';

/** Options of every command that reads or writes the registry. */
export interface RegistryOptions {
  readonly registry?: string;
  readonly stack?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

export type Connect = typeof connectRegistry;

/** Loads the AWS SDK only when a command needs it: `headgate validate` starts without. */
export const connectOnDemand: Connect = async (choice): Promise<Registry> =>
  (await import('./connect.ts')).connectRegistry(choice);

export function withRegistryOptions(command: Command): Command {
  return command
    .option('--stack <name>', 'the stack that deploys the gate (default: the only one that has a registry)')
    .option('--registry <table>', 'the registry table itself (or set HEADGATE_REGISTRY_TABLE)')
    .option('--json', 'print as JSON');
}

export function withChangeOptions(command: Command): Command {
  return withRegistryOptions(command).option('--dry-run', 'show what would change and write nothing');
}

/** The part of a command line that names the same registry, for a line to copy. */
export function registryArguments({ registry, stack }: RegistryOptions): string {
  const table = registry === undefined ? '' : ` --registry ${quoted(registry)}`;
  return stack === undefined ? table : `${table} --stack ${quoted(stack)}`;
}

/** A word of a command line, safe to paste into a shell. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_.:/@+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
