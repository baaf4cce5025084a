import { readFileSync } from 'node:fs';
import { type ParsedPolicy, type ParseOptions, parsePolicy } from '../../lambda/policy/parse.ts';
import { FileError } from './exit.ts';

export const DEFAULT_FILE = 'headgate.yaml';

/**
 * Reads and parses a policy file.
 *
 * @throws FileError (HG202) where it cannot be read
 */
export function readPolicyFile(file: string, options: ParseOptions = {}): ParsedPolicy & { readonly text: string } {
  const text = readText(file);
  return { ...parsePolicy(text, options), text };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') {
      throw new FileError(`there is no file ${file}. Write a policy with \`headgate init\`, or name another file.`);
    }
    if (reason === 'EISDIR') throw new FileError(`${file} is a folder, not a policy file.`);
    throw new FileError(`${file} cannot be read (${reason}).`, { cause: error });
  }
}
