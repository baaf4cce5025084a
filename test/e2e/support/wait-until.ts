import { setTimeout } from 'node:timers/promises';

/** Asks once a second until the answer is yes; throws after `ms`. */
export async function waitUntil(isSo: () => Promise<boolean>, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`It was not so within ${ms} ms: ${isSo}`);
    await setTimeout(1000);
  }
}
