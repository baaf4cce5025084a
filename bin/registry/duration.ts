import { UsageError } from '../cli/exit.ts';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const MAX_DAYS = 3650;

/**
 * Reads `90s`, `30m`, `2h` or `7d`; at most ten years.
 *
 * @returns whole seconds, at least 1
 * @throws UsageError
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text.trim());
  const seconds = match ? Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] : 0;
  if (seconds < 1 || seconds > MAX_DAYS * SECONDS.d) {
    throw new UsageError(`\`${text.slice(0, 40)}\` is no time; write 90s, 30m, 2h or 7d, at most ${MAX_DAYS}d.`);
  }
  return seconds;
}
