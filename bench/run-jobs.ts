import { Worker } from 'node:worker_threads';
import type { Outcome } from './run-workload.ts';

export interface Job {
  readonly contestant: string;
  readonly workload: string;
}

export interface JobOptions {
  readonly engine: string;
  readonly scale: number;
  readonly threads: number;
  readonly onDone: (outcome: Outcome, done: number, all: number) => void;
}

/** Runs the jobs, some side by side, each in a thread with a clock and a counting proxy of its own. */
export async function runJobs(
  jobs: readonly Job[],
  { engine, scale, threads, onDone }: JobOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const lane = async () => {
    if (next >= jobs.length) return;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { engine, scale } });
    try {
      for (let job = jobs[next++]; job; job = jobs[next++]) {
        const outcome = await ask(worker, job);
        outcomes.push(outcome);
        onDone(outcome, outcomes.length, jobs.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, lane));
  return outcomes;
}

function ask(worker: Worker, job: Job): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) => reject(new Error(`${job.contestant} failed under ${job.workload}: ${error}`));
    worker.once('error', failed);
    worker.once('message', ({ outcome, error }: { outcome?: Outcome; error?: string }) => {
      worker.off('error', failed);
      if (outcome) resolve(outcome);
      else failed(error);
    });
    worker.postMessage(job);
  });
}
