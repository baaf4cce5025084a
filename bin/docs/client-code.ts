import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../cli/package-file.ts';

export type ClientLanguage = 'typescript' | 'python';
export const CLIENT_LANGUAGES: readonly ClientLanguage[] = ['typescript', 'python'];

const FILES: Readonly<Record<ClientLanguage, string>> = {
  typescript: 'rate-limited-fetch.ts',
  python: 'rate_limited.py',
};

export const clientFileName = (language: ClientLanguage): string => FILES[language];

/** The client example, to the letter as the package ships it and the tests run it. */
export function clientCode(language: ClientLanguage, from: string = import.meta.dirname): string {
  return readFileSync(path.join(packageRoot(from), 'examples', 'clients', FILES[language]), 'utf8');
}
