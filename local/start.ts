// npm start: the example on a local AWS, and what its gate does to several callers.

import { HeadgateError } from '../lambda/errors/headgate-error.ts';
import { readOptions } from './demo/options.ts';
import { jsonOf, reportOf } from './demo/report.ts';
import { runSteps, type Session } from './demo/steps.ts';
import { curlLines } from './demo/try-it.ts';

const options = readOptions(process.argv.slice(2));
const abort = new AbortController();
const session: Session = {};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second Ctrl-C does not wait: leaving the process kills what it started.
    if (abort.signal.aborted) process.exit(130);
    abort.abort(new Interrupted());
  });
}

class Interrupted extends Error {}

/** The steps, the result, and unless told otherwise a while to try it; the exit code. */
async function start(): Promise<number> {
  const { port } = options;
  await runSteps(session, { signal: abort.signal, ...(port !== undefined && { port }) });
  const demo = session.demo!;
  console.log(options.json ? jsonOf(demo) : reportOf(demo));
  const code = demo.mismatches.length === 0 ? 0 : 1;
  if (options.exit) return code;
  const lines = curlLines(session.aws!, session.outputs!, demo.keys!, demo.keyHeader);
  console.error(
    ['', 'It stays up. To try:', ...lines.map((line) => `  ${line}`), '', 'Ctrl-C takes it down.'].join('\n'),
  );
  const ended = await Promise.race([
    session.aws!.ended.then(() => true),
    new Promise<false>((resolve) => abort.signal.addEventListener('abort', () => resolve(false))),
  ]);
  if (!ended) return code;
  console.error('The local AWS has ended by itself.');
  return 1;
}

let code: number;
try {
  code = await start();
} catch (error) {
  code = abort.signal.aborted ? 130 : 1;
  // What a step failed with stands beside the step already; what nobody expected needs its stack.
  if (!abort.signal.aborted && !(error instanceof HeadgateError)) console.error(error);
}
try {
  await session.aws?.stop();
  if (abort.signal.aborted) console.error('Taken down.');
} catch (error) {
  console.error(error instanceof HeadgateError ? error.message : error);
  code = 1;
}
// Connections that are kept alive, or a build that was broken off, would keep the process.
process.exit(code);
