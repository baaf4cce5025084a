/** Writes one line to the function's log. */
export type Say = (level: 'info' | 'warn' | 'error', message: string, more: object) => void;

/** Not by the console: with Lambda's JSON log format it would wrap the line, and no metric would be found in it. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Lines of JSON, as the authorizer's logger writes them, for functions that have a logger of their own or none. */
export const jsonLines =
  (write: (line: string) => void): Say =>
  (level, message, more) =>
    write(JSON.stringify({ level: level.toUpperCase(), service: 'headgate', message, ...more }));
