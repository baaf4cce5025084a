import type { HttpsForm } from './environment.ts';
import { type OffenderReport, stackArgument } from './report.ts';
import { reportText, sentenceOf, subjectLine } from './report-text.ts';

/** A message for SNS: another text for each protocol of its subscribers. */
export interface Message {
  readonly subject: string;
  /** By protocol, `default` for all others; each below 8 KiB. */
  readonly bodies: Readonly<Record<string, string>>;
  /** For the filters of subscriptions. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A report's text for people at most, in bytes of UTF-8. */
export const MAX_BODY = 8 * 1024;

/**
 * People (email) get text, machines (SQS, Lambda, HTTP) the report as JSON, and HTTPS what its subscriber can read: the JSON,
 * or the form of Amazon Q Developer, which drops every other message.
 */
export function messageOf(report: OffenderReport, https: HttpsForm): Message {
  const text = bounded(reportText(report));
  return {
    subject: subjectLine(report),
    bodies: bodies(text, JSON.stringify(report), https === 'amazon-q' ? chatMessage(report) : JSON.stringify(report)),
    attributes: { gate: report.gate, alarm: report.alarm.id, kind: report.kind },
  };
}

function bodies(text: string, json: string, https: string): Record<string, string> {
  return { default: text, email: text, sqs: json, lambda: json, http: json, https };
}

export interface FailedReport {
  readonly gate: string;
  readonly stack?: string | undefined;
  readonly alarm: string;
  readonly failure: string;
  readonly logGroup: string;
}

/** The message where no report could be made: the alarm's name, what failed and where to look. */
export function fallbackMessage({ gate, stack, alarm, failure, logGroup }: FailedReport, https: HttpsForm): Message {
  const where = stackArgument(stack);
  const textOf = (name: string, problem: string) =>
    [
      `Headgate ${gate}: ${name} went off, but its report could not be made.`,
      problem,
      `Look with \`npx headgate status${where}\` and \`npx headgate top${where}\`, and at the rejections in the log group`,
      `${logGroup}. The report's own log says more.`,
    ].join('\n');
  const text = textOf(alarm, failure);
  const json = JSON.stringify({
    version: 1,
    gate,
    alarm: { name: alarm },
    kind: 'unknown',
    missing: [failure],
    logGroup,
  });
  const words = textOf(harmless(alarm), harmless(failure));
  const chat = chatBody(
    `${alarm} went off, its report could not be made`,
    words,
    [`Run \`npx headgate status${where}\``],
    alarm,
  );
  return {
    subject: `Headgate report: ${alarm}: could not be made`.slice(0, 100),
    bodies: bodies(text, json, https === 'amazon-q' ? chat : json),
    attributes: { gate, alarm, kind: 'unknown' },
  };
}

/** The form of custom notifications of Amazon Q Developer in chat applications. */
function chatMessage(report: OffenderReport): string {
  const offenders = report.offenders.map(
    ({ subject, sharePercent, requests, routes }) =>
      `${subject}: ${sharePercent} % (${requests})${routes.length > 0 ? ` on ${routes.join(', ')}` : ''}`,
  );
  const links = `<${report.links.dashboard}|Dashboard> · <${report.links.rejections}|Rejections>`;
  const words = [sentenceOf(report), ...offenders.map((text) => `• ${text}`), ...report.missing].map(harmless);
  const description = [...words, links].join('\n');
  const steps = report.suggestions.map(({ command, why }) => `\`${command}\`: ${why}`);
  return chatBody(
    `${report.drill ? 'DRILL: ' : ''}${report.alarm.name}: ${subjectLine(report).split(': ').at(-1)}`,
    description,
    steps,
    report.alarm.name,
  );
}

function chatBody(title: string, description: string, nextSteps: readonly string[], thread: string): string {
  const content = {
    textType: 'client-markdown',
    title: harmless(title).slice(0, 250),
    description: bounded(description),
    nextSteps,
  };
  return JSON.stringify({ version: '1.0', source: 'custom', content, metadata: { threadId: thread.slice(0, 256) } });
}

/** In a chat, `<!channel>` would call everybody: whoever names an alarm or a client could write it. Nor is anything a link. */
function harmless(text: string): string {
  return text.replace(/[<>`]/g, '?').replaceAll('://', ':/');
}

function bounded(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_BODY) return text;
  const end = '\n(shortened)\n';
  return `${bytes
    .subarray(0, MAX_BODY - end.length)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}${end}`;
}
