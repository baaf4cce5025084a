// Writes schema/headgate.schema.json from the schema that the parser checks with. A test holds that it is current.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { policyJsonSchema } from '../lambda/policy/schema.ts';

const folder = path.join(import.meta.dirname, '..', 'schema');
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'headgate.schema.json'), `${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`);
