import { ALARM_IDS, type AlarmId } from './alarm-catalogue.ts';
import {
  type AlarmRule,
  type AlarmRules,
  type AlarmsPolicy,
  type Receivers,
  ruleProblems,
  SEVERITIES_OR_NONE,
} from './alarms.ts';
import {
  CHANNEL_PATTERN,
  EMAIL_PATTERN,
  HTTPS_PATTERN,
  MOST_RECEIVERS,
  TOPIC_PATTERN,
  WORKSPACE_PATTERN,
} from './alarms-schema.ts';
import type { Finding } from './problem.ts';
import { choice } from './read-limit.ts';
import { isMap, type Report } from './report.ts';
import type { Path } from './source.ts';

/** The alarms, and who hears them. What has errors is left out. */
export function readAlarms(value: unknown, report: Report): AlarmsPolicy {
  if (!isMap(value)) return { rules: {} };
  const page = readReceivers(value.page, ['alarms', 'page'], report);
  const ticket = readReceivers(value.ticket, ['alarms', 'ticket'], report);
  const runbook = readText(value.runbook, HTTPS_PATTERN, ['alarms', 'runbook'], report, {
    code: 'HG137',
    message: 'not the address of a runbook',
    allowed: 'https://...',
    mend: 'write the address of the page; the name of the alarm is added after `#`',
  });
  return {
    ...(page && { page }),
    ...(ticket && { ticket }),
    ...(runbook !== undefined && { runbook }),
    rules: readRules(value, report),
  };
}

function readRules(value: Readonly<Record<string, unknown>>, report: Report): AlarmRules {
  const rules: Partial<Record<AlarmId, AlarmRule>> = {};
  for (const id of ALARM_IDS) {
    const raw = value[id];
    if (!isMap(raw)) continue;
    const severity = choice(raw.severity, SEVERITIES_OR_NONE);
    const rule: AlarmRule = {
      ...(severity && { severity }),
      ...numberAt(raw, 'threshold'),
      ...numberAt(raw, 'minimum'),
      ...numberAt(raw, 'periods'),
      ...numberAt(raw, 'datapoints'),
    };
    for (const { key, value, allowed } of ruleProblems(id, rule)) {
      const message = `\`${key}\` of the alarm \`${id}\` is ${value}`;
      const mend = allowed.startsWith('nothing') ? 'take it away' : `write ${allowed}`;
      report.add(['alarms', id, key], { code: 'HG136', message, allowed, mend });
    }
    rules[id] = rule;
  }
  return rules;
}

function numberAt(raw: Readonly<Record<string, unknown>>, key: string): { [key: string]: number } {
  return typeof raw[key] === 'number' ? { [key]: raw[key] } : {};
}

function readReceivers(value: unknown, path: Path, report: Report): Receivers | undefined {
  if (!isMap(value)) return undefined;
  const topic = readText(value.topic, TOPIC_PATTERN, [...path, 'topic'], report, {
    code: 'HG138',
    message: 'not the ARN of a topic that alarms can send to',
    allowed: 'arn:aws:sns:REGION:ACCOUNT:NAME of a standard topic (no .fifo)',
    mend: 'copy the ARN of the topic, or take the key away: the gate then makes one',
  });
  const email = readList(value.email, EMAIL_PATTERN, [...path, 'email'], report, {
    code: 'HG137',
    message: 'not an e-mail address',
    allowed: 'name@example.com',
    mend: 'write one address, or a list of addresses',
  });
  const https = readList(value.https, HTTPS_PATTERN, [...path, 'https'], report, {
    code: 'HG137',
    message: 'not an address that SNS can post to',
    allowed: 'https://...',
    mend: 'copy the integration address of PagerDuty or Opsgenie',
  });
  const slack = readSlack(value.slack, [...path, 'slack'], report);
  return { ...(topic !== undefined && { topic }), email, https, ...(slack && { slack }) };
}

function readSlack(value: unknown, path: Path, report: Report): Receivers['slack'] {
  if (!isMap(value)) return undefined;
  const id = (key: 'workspace' | 'channel', pattern: RegExp, allowed: string) =>
    readText(value[key], pattern, [...path, key], report, {
      code: 'HG139',
      message: `not the id of a Slack ${key}`,
      allowed,
      mend: "take it from the channel's link: https://app.slack.com/client/WORKSPACE/CHANNEL",
    });
  const workspace = id('workspace', WORKSPACE_PATTERN, 'T and 8 or more capital letters and digits');
  const channel = id('channel', CHANNEL_PATTERN, 'C (public) or G (private) and 8 or more capital letters and digits');
  return workspace === undefined || channel === undefined ? undefined : { workspace, channel };
}

function readList(value: unknown, pattern: RegExp, path: Path, report: Report, wrong: Finding): string[] {
  if (!Array.isArray(value))
    return [readText(value, pattern, path, report, wrong)].filter((text) => text !== undefined);
  if (value.length > MOST_RECEIVERS) {
    const message = `${value.length} receivers`;
    const mend = 'send to a mailing list, or subscribe the others to the topic';
    report.add(path, { code: 'HG137', message, allowed: `at most ${MOST_RECEIVERS}`, mend }, { value: 'hidden' });
  }
  return value
    .map((entry, index) => readText(entry, pattern, [...path, index], report, wrong))
    .filter((text) => text !== undefined);
}

/** An address can hold the key of an integration: it is never shown. */
function readText(value: unknown, pattern: RegExp, path: Path, report: Report, wrong: Finding): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && pattern.test(value)) return value;
  report.add(path, wrong, { value: 'hidden' });
  return undefined;
}
