import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { shownJson, shownText } from './shown-text.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * Where a command writes: results to stdout, everything said to a person beside them to stderr. So that
 * `headgate ... --json | jq` works whatever else there is to say.
 */
export interface Terminal {
  /** One result, with a line end. */
  print(text: string): void;
  /** A result for programs. */
  json(value: unknown): void;
  /** A result for people: a table with a head. Numbers are set to the right. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
  /** A message, to stderr. */
  note(text: string): void;
  /** Colours text for `print` where stdout is a terminal and NO_COLOR is not set. */
  style(style: Style, text: string): string;
  /** The same for `note`. */
  noteStyle(style: Style, text: string): string;
}

/** The terminal of a command; an action gets its command as the last argument. */
export function terminalOf(command: Command): Terminal {
  const { writeOut, writeErr, getOutHasColors, getErrHasColors } = command.configureOutput();
  const write = (text: string) => writeOut?.(`${text}\n`);
  const out = (text: string) => write(shownText(text));
  const paint = (colours: boolean | undefined) => (style: Style, text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const style = paint(getOutHasColors?.());
  return {
    print: out,
    json: (value) => write(shownJson(JSON.stringify(value, undefined, 2))),
    table: (head, rows) =>
      out(
        tableText(
          head.map((title) => style('bold', title)),
          rows,
        ),
      ),
    note: (text) => writeErr?.(`${shownText(text)}\n`),
    style,
    noteStyle: paint(getErrHasColors?.()),
  };
}

/** Columns two spaces apart, without lines: the same in a terminal, a file and an issue. */
function tableText(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const nothing = '';
  const borders = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const lines = [...borders, 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
  const chars = { ...Object.fromEntries(lines.map((name) => [name, nothing])), middle: '  ' };
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const table = new Table({
    head: [...head],
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
  });
  for (const row of rows)
    table.push(row.map((cell) => (typeof cell === 'string' ? shownText(cell.replace(/\s*\n\s*/g, ' ')) : cell)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
