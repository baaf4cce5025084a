#!/usr/bin/env node
// The command line: `npx headgate`. One line for each command below, one file for each in commands/.
import { outliveReader } from './cli/closed-pipe.ts';
import { packageRoot, packageVersion } from './cli/package-file.ts';
import { createProgram, runProgram } from './cli/program.ts';
import { register as attach } from './commands/attach.ts';
import { register as block } from './commands/block.ts';
import { register as client } from './commands/client.ts';
import { register as docs } from './commands/docs.ts';
import { register as doctor } from './commands/doctor.ts';
import { register as drill } from './commands/drill.ts';
import { register as explain } from './commands/explain.ts';
import { register as init } from './commands/init.ts';
import { register as override } from './commands/override.ts';
import { register as reset } from './commands/reset.ts';
import { register as schema } from './commands/schema.ts';
import { register as status } from './commands/status.ts';
import { register as top } from './commands/top.ts';
import { register as unblock } from './commands/unblock.ts';
import { register as validate } from './commands/validate.ts';

const commands = [
  init,
  validate,
  explain,
  docs,
  schema,
  client,
  top,
  status,
  block,
  unblock,
  override,
  reset,
  attach,
  doctor,
  drill,
];

outliveReader(process.stdout, process.stderr);
const program = createProgram(commands, packageVersion(packageRoot(import.meta.dirname)));
process.exitCode = await runProgram(program, process.argv.slice(2));
