// `npm run test:model`: the model test on a DynamoDB engine, with more operations than `npm test` has time for.
import { parseArgs } from 'node:util';
import { packageBin, run } from './process.ts';

const HELP = `Random operations from several instances against a plain model, on a real DynamoDB engine.

  npm run test:model                                 120,000 operations
  npm run test:model -- --operations 1000000 --seed 7

The same seed gives the same operations. Exit code 0: nothing was over-admitted; 1: something was; 2: wrong usage.`;

const whole = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name} is "${text}", allowed are whole numbers from 1\n\n${HELP}`);
  process.exit(2);
};

let flags: { operations: string; seed: string; help?: boolean };
try {
  flags = parseArgs({
    options: {
      operations: { type: 'string', default: '120000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  }).values;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exit(2);
}
if (flags.help) console.log(HELP);
else {
  const env = {
    ...process.env,
    HEADGATE_MODEL_OPERATIONS: String(whole('operations', flags.operations)),
    HEADGATE_MODEL_SEED: String(whole('seed', flags.seed)),
  };
  const { code } = await run(packageBin('jest'), ['test/model/model.test.ts', '--selectProjects', 'engine'], {
    env,
    echo: true,
  });
  process.exitCode = code === 0 ? 0 : 1;
}
