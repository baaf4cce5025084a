import { type CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { safeText } from '../../lambda/http/header-value.ts';
import { DRILL_REASON } from '../../lambda/report/drill-reason.ts';
import { DrillRefusedError, LeftBehindError } from './drill-error.ts';
import type { DrillTarget } from './drill-target.ts';
import type { Heard, ListeningQueue } from './listening-queue.ts';

/** What can be waited for: the alarm's own message, a page or a ticket, and the report that follows it. */
export type Step = 'message' | 'report';

export interface DrillEvent {
  /** Milliseconds since the alarm was set off. */
  readonly afterMs: number;
  readonly what: 'set off' | Step | 'set back';
  readonly text: string;
}

export interface DrillResult {
  readonly timeline: readonly DrillEvent[];
  /** What was waited for and did not come. */
  readonly missing: readonly Step[];
  readonly interrupted: boolean;
}

export interface DrillParts {
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
  readonly queue: Pick<ListeningQueue, 'open' | 'receive' | 'close'>;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Ends the waiting; what has been made is removed all the same. */
  readonly signal: AbortSignal;
  /** At once, as things happen. */
  readonly onEvent: (event: DrillEvent) => void;
}

/** What the alarm's reason says, and with it the report. */
export const drillReason = (by: string | undefined): string =>
  `${DRILL_REASON}${by === undefined ? '' : ` (${safeText(by).slice(0, 64)})`}: nothing has happened.`;

/** What a drill of this alarm waits for. */
export const stepsOf = ({ waitsForPage, report }: DrillTarget): readonly Step[] => [
  ...(waitsForPage === undefined ? (['message'] as const) : []),
  ...(report ? (['report'] as const) : []),
];

/**
 * Sets the alarm off, follows what that sends, and puts everything back, whatever happens in between.
 *
 * @throws DrillRefusedError (HG283), LeftBehindError (HG282)
 */
export async function runDrill(
  target: DrillTarget,
  { cloudwatch, queue, clock, signal, onEvent }: DrillParts,
  { waitMs, reason }: { readonly waitMs: number; readonly reason: string },
): Promise<DrillResult> {
  const timeline: DrillEvent[] = [];
  const awaited = new Set<Step>(stepsOf(target));
  let begin = clock();
  const happened = (what: DrillEvent['what'], text: string) => {
    const event = { afterMs: Math.round(clock() - begin), what, text };
    timeline.push(event);
    onEvent(event);
  };
  const setState = (StateValue: 'ALARM' | 'OK', StateReason: string) =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: target.alarm, StateValue, StateReason }));

  let failure: unknown;
  const left: string[] = [];
  let isOn = false;
  try {
    await queue.open([...new Set([target.topic.arn, ...(target.report ? [target.report.arn] : [])])]);
    if (!signal.aborted) {
      begin = clock();
      // Before the answer: one that is lost may have set it off all the same.
      isOn = true;
      await setState('ALARM', reason).catch((error: unknown) => {
        throw new DrillRefusedError(`set ${target.alarm} off`, error);
      });
      happened('set off', `${target.alarm} is set to ALARM`);
      const end = begin + waitMs;
      while (awaited.size > 0 && !signal.aborted && clock() < end) {
        for (const message of await queue.receive((end - clock()) / 1000, signal)) {
          const step = stepOf(message, target);
          if (step && awaited.delete(step)) happened(step, textOf(step, message, target));
        }
      }
    }
  } catch (error) {
    if (!signal.aborted) failure = error;
  }
  if (isOn) {
    await setState('OK', `The drill is over. ${reason}`).then(
      () => happened('set back', `${target.alarm} is set to OK`),
      (error: unknown) => left.push(`the alarm ${target.alarm} is not set to OK (${nameOf(error)})`),
    );
  }
  left.push(...(await queue.close()));
  if (left.length > 0) throw new LeftBehindError(failure === undefined ? left : [messageOf(failure), ...left]);
  if (failure !== undefined) throw failure;
  return { timeline, missing: [...awaited], interrupted: signal.aborted };
}

/** Which of the awaited this is; undefined for what else came at the same time. */
function stepOf({ topicArn, content }: Heard, { topic, report, alarm, heardAs }: DrillTarget): Step | undefined {
  const { AlarmName, NewStateValue, alarm: reported } = (content ?? {}) as Partial<AlarmMessage & ReportMessage>;
  if (topicArn === topic.arn && AlarmName === heardAs && NewStateValue === 'ALARM') return 'message';
  return topicArn === report?.arn && reported?.name === alarm ? 'report' : undefined;
}

/** The parts that are read of what CloudWatch sends, and of the report. */
interface AlarmMessage {
  readonly AlarmName: string;
  readonly NewStateValue: string;
}
interface ReportMessage {
  readonly alarm: { readonly name?: unknown };
  readonly kind: unknown;
  readonly requests: unknown;
}

function textOf(step: Step, { content }: Heard, { heardAs, severity }: DrillTarget): string {
  if (step === 'message') return `the ${severity}: ${heardAs} is in ALARM`;
  const { kind, requests } = content as Partial<ReportMessage>;
  const count = typeof requests === 'number' ? `, ${requests} requests turned away` : '';
  return `the report: ${safeText(String(kind))}${count}`;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
