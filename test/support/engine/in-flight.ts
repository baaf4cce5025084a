/** Runs `work` for 0 to `count - 1`, `atOnce` at a time: the next begins when any one ends. */
export async function inFlight<T>(count: number, atOnce: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await work(i);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
