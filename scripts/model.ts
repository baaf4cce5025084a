// `npm run test:model`: the model test and the comparison with the reference on a DynamoDB engine, longer than `npm test`
// has time for.
import { parseArgs } from 'node:util';
import { packageBin, run } from './process.ts';

const HELP = `Random operations from several instances against a plain model, and the answers of one caller after the other
against a plain reference, on a real DynamoDB engine.

  npm run test:model                                 150,000 operations; 20,000 requests for each set of limits
  npm run test:model -- --operations 1000000 --seed 7
  npm run test:model -- --only model                 or --only equivalence

The same seed gives the same operations. Exit code 0: every answer was right, nothing was over-admitted; 1: something was
not; 2: wrong usage.`;

const FILES = { model: 'test/model/model.test.ts', equivalence: 'test/engine/equivalence.test.ts' };

const wrong = (problem: string): never => {
  console.error(`${problem}\n\n${HELP}`);
  process.exit(2);
};

const whole = (name: string, text: string): string => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return String(value);
  return wrong(`--${name} is "${text}", allowed are whole numbers from 1`);
};

const filesOf = (only: string | undefined): string[] => {
  if (only === undefined) return Object.values(FILES);
  const file = Object.entries(FILES).find(([name]) => name === only)?.[1];
  return [file ?? wrong(`--only is "${only}", allowed are ${Object.keys(FILES).join(' and ')}`)];
};

let flags: { operations: string; requests: string; seed: string; only?: string; help?: boolean };
try {
  flags = parseArgs({
    options: {
      operations: { type: 'string', default: '150000' },
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      help: { type: 'boolean' },
    },
  }).values;
} catch (error) {
  wrong(error instanceof Error ? error.message : String(error));
  throw error;
}
if (flags.help) console.log(HELP);
else {
  const env = {
    ...process.env,
    HEADGATE_MODEL_OPERATIONS: whole('operations', flags.operations),
    HEADGATE_MODEL_SEED: whole('seed', flags.seed),
    HEADGATE_EQUIVALENCE_REQUESTS: whole('requests', flags.requests),
  };
  const { code } = await run(packageBin('jest'), [...filesOf(flags.only), '--selectProjects', 'engine'], {
    env,
    echo: true,
  });
  process.exitCode = code === 0 ? 0 : 1;
}
