import { createHash } from 'node:crypto';

/** Attribute names of an item that are no cell's: see `COUNTERS` in store/registry-keys.ts. */
const RESERVED: readonly string[] = ['exp'];

/**
 * Three base-36 characters that name a cell's attributes.
 *
 * @param scale what must not change under a living cell; the same scale gives the same id
 */
export function cellId(scale: readonly (string | number)[]): string {
  for (let salt = 0; ; salt++) {
    const digest = createHash('sha256')
      .update(JSON.stringify(salt === 0 ? scale : [...scale, salt]))
      .digest();
    const id = (digest.readUIntBE(0, 6) % 36 ** 3).toString(36).padStart(3, '0');
    if (!RESERVED.includes(id)) return id;
  }
}
