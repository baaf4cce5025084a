// A thread of the bench: takes one job at a time and answers with its outcome.
import { parentPort, workerData } from 'node:worker_threads';
import { CONTESTANTS } from './contestants/index.ts';
import { startCountingProxy } from './proxy/counting-proxy.ts';
import { runWorkload } from './run-workload.ts';
import { workloads } from './workloads.ts';

const { engine, scale } = workerData as { engine: string; scale: number };
const proxy = await startCountingProxy(engine);
const all = workloads(scale);

parentPort!.on('message', ({ contestant, workload }: { contestant: string; workload: string }) => {
  const by = CONTESTANTS.find(({ name }) => name === contestant)!;
  const under = all.find(({ name }) => name === workload)!;
  runWorkload(by, under, proxy).then(
    (outcome) => parentPort!.postMessage({ outcome }),
    (error: unknown) =>
      parentPort!.postMessage({ error: error instanceof Error ? (error.stack ?? String(error)) : String(error) }),
  );
});
