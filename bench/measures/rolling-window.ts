/**
 * The most that was admitted within any `windowMs`, wherever it begins.
 *
 * @param times of the admitted requests, ms, in order
 */
export function worstWindow(times: readonly number[], windowMs: number): number {
  let worst = 0;
  let first = 0;
  for (const [last, time] of times.entries()) {
    while (time - times[first]! >= windowMs) first++;
    worst = Math.max(worst, last - first + 1);
  }
  return worst;
}
