import { UsageError } from '../cli/exit.ts';

/** Longer input is no key. */
const MAX_INPUT = 1024;

/**
 * Reads a key from standard input: an argument would stay in the shell's history and show in the list of processes.
 *
 * @throws UsageError for more than one line or 1,024 characters
 */
export async function readKey(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk.toString();
    if (text.length > MAX_INPUT) break;
  }
  const key = text.replace(/\r?\n$/, '');
  if (key === '' || key.length > MAX_INPUT || /[\r\n]/.test(key)) {
    throw new UsageError('`--key -` reads one key from standard input, on one line.');
  }
  return key;
}
