import type { Terminal } from '../cli/terminal.ts';

/** What a command has changed, or would with `--dry-run`. */
export interface Change {
  readonly before: string;
  readonly after: string;
  /** Lines to copy and remarks. */
  readonly undo: readonly string[];
  /** When it takes effect. */
  readonly effect: string;
}

/** Before, after, and how to undo it. */
export function showChange(terminal: Terminal, change: Change, dryRun: boolean): void {
  terminal.print(`${terminal.style('dim', 'before')}  ${change.before}`);
  terminal.print(`${terminal.style('dim', 'after ')}  ${change.after}`);
  if (dryRun) {
    terminal.note('Nothing was written (--dry-run).');
    return;
  }
  for (const line of change.undo) terminal.print(`${terminal.style('dim', 'undo  ')}  ${line}`);
  terminal.note(change.effect);
}
