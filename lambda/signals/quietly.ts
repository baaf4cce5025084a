/** What only takes note must not change an answer. There is nowhere left to tell of it. */
export function quietly(note: () => void): void {
  try {
    note();
  } catch {}
}
