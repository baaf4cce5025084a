import type { PolicyProblem } from '../../lambda/policy/problem.ts';
import type { Terminal } from './terminal.ts';

const WIDTH = 110;

/**
 * A problem with the lines it is about:
 *
 * ```
 * headgate.yaml:12:11 error HG109 limits.sign-in.rate
 *   `60/min` is not written as a rate
 *     11 |     per: address
 *   > 12 |     rate: 60/min
 *        |           ^
 *   allowed: ...
 *   mend:    write 60/minute
 * ```
 */
export function problemText(file: string, text: string, problem: PolicyProblem, style: Terminal['noteStyle']): string {
  const { line, column, code, severity, path, message, allowed, mend } = problem;
  const label = style(severity === 'error' ? 'red' : 'yellow', severity);
  return [
    `${style('bold', `${file}:${line}:${column}`)} ${label} ${code} ${path}`.trimEnd(),
    `  ${message}`,
    ...frame(text, problem, style),
    `  allowed: ${allowed}`,
    `  mend:    ${mend}`,
  ].join('\n');
}

function frame(text: string, { line, column, path }: PolicyProblem, style: Terminal['noteStyle']): readonly string[] {
  // What stands there instead of a hash may be the secret itself.
  if (path.endsWith('secretSha256')) return [];
  const lines = text.split(/\r?\n/);
  const here = lines[line - 1];
  if (here === undefined || here.trim() === '') return [];
  const width = String(line).length;
  const before = lines[line - 2];
  const numbered = (number: number, content: string) =>
    `${String(number).padStart(width)} | ${content}`.slice(0, WIDTH);
  const shown = before !== undefined && before.trim() !== '' && !/secretSha256/.test(before);
  return [
    ...(shown ? [style('dim', `    ${numbered(line - 1, before)}`)] : []),
    ...(/secretSha256/.test(here) ? [] : [`  > ${numbered(line, here)}`]),
    ...(column > WIDTH - width || /secretSha256/.test(here)
      ? []
      : [style('red', `    ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`)]),
  ];
}
