import { instantText } from '../cli/shown-text.ts';
import type { RegisteredBlock } from './blocks.ts';
import { quoted } from './command-options.ts';

export const BLOCK_EFFECT = 'The authorizers notice within 30 seconds.';

export function blockText(subject: string, block: RegisteredBlock | undefined, now: number): string {
  if (block === undefined || isOver(block, now)) return `${subject} is not blocked`;
  const until = block.until === undefined ? '' : ` until ${instantText(block.until)}`;
  const details = [block.reason, block.by && `by ${block.by}`].filter(Boolean).join(', ');
  return `${subject} is blocked${until}${details === '' ? '' : ` (${details})`}`;
}

/** The command line that brings a block back as it was. */
export function blockCommand(block: RegisteredBlock, now: number): string {
  const left = block.until === undefined ? '' : ` --for ${Math.max(1, block.until - Math.floor(now / 1000))}s`;
  const reason = block.reason === undefined ? '' : ` --reason ${quoted(block.reason)}`;
  return `npx headgate block ${block.subject}${left}${reason}`;
}

export const isOver = ({ until }: RegisteredBlock, now: number): boolean => until !== undefined && until * 1000 <= now;
