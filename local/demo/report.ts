import type { Demo } from './demo.ts';
import { tableOf } from './table.ts';

/** The demo's result for people. */
export function reportOf(demo: Demo): string {
  const { message, rows, mismatches } = demo;
  return [
    tableOf(rows),
    ...(message ? [`${message.AlarmName} went to ${message.NewStateValue}: ${message.NewStateReason}`] : []),
    mismatches.length === 0
      ? 'Everything came back as examples/notes-api/headgate.yaml says.'
      : ['Not as examples/notes-api/headgate.yaml says:', ...mismatches.map((text) => `  ${text}`)].join('\n'),
  ].join('\n\n');
}

/** The same for programs. */
export function jsonOf({ rows, message, mismatches }: Demo): string {
  return JSON.stringify({ rows, alarm: message ?? null, mismatches }, undefined, 2);
}
