import type { DrillTarget, Receivers, Topic } from './drill-target.ts';
import type { DrillEvent, Step } from './run-drill.ts';

/** What will happen, and who hears of it: said before anything does. */
export function planText(target: DrillTarget): readonly string[] {
  const { alarm, heardAs, severity, topic, report, waitsForPage } = target;
  const as = heardAs === alarm ? '' : `, heard as ${heardAs}`;
  return [
    `Sets ${alarm} to ALARM${as}, and back to OK when the messages are here.`,
    waitsForPage === undefined
      ? `The ${severity} goes to ${nameOf(topic)}: ${receiversText(topic.receivers)}.`
      : `The ${severity} is not followed: it waits ${waitsForPage === 0 ? '' : `${waitsForPage} s `}for the page of the same cause, and CloudWatch takes a drill's state back before. It would go to ${nameOf(topic)}: ${receiversText(topic.receivers)}.`,
    report
      ? `The report goes to ${nameOf(report)}: ${receiversText(report.receivers)}.`
      : 'No report is deployed: only the alarm is followed.',
    ...(heardAs === alarm || waitsForPage !== undefined
      ? []
      : ['The message of a composite alarm does not say that it is a drill: tell them first.']),
  ];
}

/** `   1.2 s  the page: ...` */
export function eventText({ afterMs, text }: Pick<DrillEvent, 'afterMs' | 'text'>): string {
  return `${(afterMs / 1000).toFixed(1).padStart(6)} s  ${text}`;
}

/** What it means that something has not come. */
export function missingText(step: Step, target: DrillTarget, waitSeconds: number): string {
  const { severity, heardAs, topic, report } = target;
  return step === 'message'
    ? `The ${severity} did not arrive within ${waitSeconds} s: nobody would have been told. Does the topic ${topic.arn}, and its key, let cloudwatch.amazonaws.com publish? The history of ${heardAs} in CloudWatch says what became of its action.`
    : `The report did not arrive within ${waitSeconds} s on ${report!.arn}: whoever is called would not be told who is behind it. The report's own log, below the stack's Report, says why.`;
}

/** Topics to which nobody listens: all may arrive there, and nobody is told. */
export function unheardTexts({ topic, report }: DrillTarget): readonly string[] {
  const unheard = [topic, ...(report ? [report] : [])].filter(
    ({ receivers }) => Object.keys(receivers.confirmed).length === 0,
  );
  return unheard.map((one) => `Nobody is subscribed to ${nameOf(one)}: in earnest nobody would be told.`);
}

/** `2 email, 1 https`; `nobody` where there is none. */
export function receiversText({ confirmed, unconfirmed }: Receivers): string {
  const counts = Object.entries(confirmed).map(([protocol, count]) => `${count} ${protocol}`);
  const waiting = unconfirmed === 0 ? '' : ` (${unconfirmed} not confirmed, which get nothing)`;
  return `${counts.join(', ') || 'nobody is subscribed'}${waiting}`;
}

const nameOf = ({ arn }: Topic): string => arn.slice(arn.lastIndexOf(':') + 1);
