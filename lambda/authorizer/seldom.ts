/** Says something about an error. */
export type Say = (error: unknown, more: { readonly repeated?: number }) => void;

/**
 * Says the first error, and of those that follow one every `everyMs`, with how many there were in between: a failing store
 * would otherwise write a line for each request.
 *
 * @param clock milliseconds that never go back
 */
export function seldom(
  say: Say,
  everyMs = 10_000,
  clock: () => number = () => performance.now(),
): (error: unknown) => void {
  let saidAt: number | undefined;
  let silent = 0;
  return (error) => {
    const now = clock();
    if (saidAt !== undefined && now - saidAt < everyMs) {
      silent++;
      return;
    }
    say(error, silent === 0 ? {} : { repeated: silent });
    saidAt = now;
    silent = 0;
  };
}
