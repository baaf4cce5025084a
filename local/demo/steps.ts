import { Listr, ListrLogger, type ListrTask, PRESET_TIMER, ProcessOutput } from 'listr2';
import { build } from '../../scripts/build.ts';
import { bootstrap } from '../cdk.ts';
import { type LocalAws, startLocalAws } from '../local-aws.ts';
import { installMiniStack } from '../ministack/install.ts';
import { Demo } from './demo.ts';
import { deployExample, type ExampleOutputs, examplePolicy } from './example.ts';

/** What the steps hand on to each other. */
export interface Session {
  aws?: LocalAws;
  outputs?: ExampleOutputs;
  demo?: Demo;
}

export interface StepOptions {
  readonly port?: number;
  readonly signal: AbortSignal;
}

/** From nothing to a demo that has run. Progress goes to stderr; stdout is for the result. */
export async function runSteps(session: Session, options: StepOptions): Promise<void> {
  const output = new ProcessOutput(process.stderr, process.stderr);
  await new Listr<Session>(steps(options), {
    renderer: 'default',
    rendererOptions: {
      timer: PRESET_TIMER,
      logger: new ListrLogger({ processOutput: output }),
      collapseSubtasks: false,
    },
    fallbackRenderer: 'simple',
    fallbackRendererOptions: { timer: PRESET_TIMER, logger: new ListrLogger({ processOutput: output }) },
    fallbackRendererCondition: () => !process.stderr.isTTY,
    registerSignalListeners: false,
  }).run(session);
}

function steps({ port, signal }: StepOptions): ListrTask<Session>[] {
  return [
    {
      title: 'Tools: MiniStack in its private Python environment',
      task: async (_, task) => {
        await installMiniStack({ signal, say: (line) => (task.output = line) });
      },
    },
    {
      title: 'Build',
      task: async (_, task) => {
        const { built } = await unlessAborted(build(), signal);
        if (!built) task.title = 'Build: up to date';
      },
    },
    {
      title: 'Local AWS',
      task: async (session, task) => {
        session.aws = await startLocalAws({ signal, ...(port !== undefined && { port }) });
        task.title = `Local AWS at ${session.aws.endpoint}, IAM enforced`;
      },
    },
    { title: 'cdk bootstrap', task: (session) => bootstrap(session.aws!, signal) },
    {
      title: 'cdk deploy: the notes API behind its gate',
      task: async (session) => {
        session.outputs = await deployExample(session.aws!, signal);
        session.demo = new Demo(session.aws!, session.outputs, examplePolicy());
      },
    },
    {
      title: 'Clients registered, a queue on the alarm topic',
      task: ({ demo }) => unlessAborted(demo!.prepare(), signal),
    },
    {
      title: 'Requests',
      task: async ({ demo }, task) => {
        await demo!.sendAll(signal, (line) => (task.output = line));
        task.title = `Requests: ${demo!.rows.reduce((sum, { sent }) => sum + sent, 0)} sent`;
      },
    },
    {
      title: 'The alarm on the 429 rate, and its message',
      skip: ({ demo }) => !demo!.limited && 'nothing was limited',
      task: ({ demo }) => unlessAborted(demo!.waitForAlarm(), signal),
    },
  ];
}

/** For work that cannot be broken off itself: stops waiting for it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
