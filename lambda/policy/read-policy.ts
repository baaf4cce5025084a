import { readFileSync } from 'node:fs';
import { compilePolicy } from './parse.ts';
import type { Policy } from './policy.ts';

/**
 * Reads and checks a `headgate.yaml`. The result is plain data: `JSON.stringify` it at build time, and `policyFromJson`
 * takes it where it runs.
 *
 * @throws PolicyError (HG101) with everything that is wrong in it, the file system's error where it cannot be read
 */
export function policyFromFile(file: string): Policy {
  return compilePolicy(readFileSync(file, 'utf8'), file);
}

/**
 * Reads and checks a policy from a text.
 *
 * @param file how messages name it
 * @throws PolicyError (HG101) with everything that is wrong in it
 */
export function policyFromYaml(text: string, file = 'headgate.yaml'): Policy {
  return compilePolicy(text, file);
}
