import { createInterface } from 'node:readline/promises';

/** Asks the person at the terminal; undefined where there is none. */
export async function confirm(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const given = new Promise<string>((resolve, reject) => {
    lines.question(`${question} [y/N] `).then(resolve, reject);
    // Ctrl-C and Ctrl-D: no.
    lines.on('SIGINT', () => resolve('')).on('close', () => resolve(''));
  });
  try {
    return /^y(es)?$/i.test((await given).trim());
  } finally {
    lines.close();
  }
}
