import { z } from 'zod';
import { ALARM_CATALOGUE, ALARM_IDS, type AlarmDescription, type AlarmId } from './alarm-catalogue.ts';
import { SEVERITIES_OR_NONE } from './alarms.ts';
import { CHECKED, text } from './leaf.ts';

export const EMAIL_PATTERN = /^[^\s@]{1,64}@[^\s@]{1,190}\.[^\s@.]{2,63}$/;
export const HTTPS_PATTERN = /^https:\/\/[^\s/#@]+(\/[^\s#]*)?$/;
export const TOPIC_PATTERN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$/;
export const WORKSPACE_PATTERN = /^T[0-9A-Z]{8,}$/;
export const CHANNEL_PATTERN = /^[CG][0-9A-Z]{8,}$/;
export const MOST_RECEIVERS = 20;

const oneOrMore = (pattern: RegExp) => z.union([text(pattern), z.array(text(pattern)).max(MOST_RECEIVERS)], CHECKED);

const receivers = z.strictObject({
  topic: text(TOPIC_PATTERN).describe('ARN of a topic that exists; absent: one is made.').optional(),
  email: oneOrMore(EMAIL_PATTERN)
    .describe('An address, or a list: each confirms by a link in a first message.')
    .optional(),
  https: oneOrMore(HTTPS_PATTERN)
    .describe('Where to post: the integration address of PagerDuty or Opsgenie.')
    .optional(),
  slack: z
    .strictObject({
      workspace: text(WORKSPACE_PATTERN).describe('T..., a workspace that Amazon Q Developer has been added to.'),
      channel: text(CHANNEL_PATTERN).describe('C... or G...'),
    })
    .describe('A Slack channel: https://app.slack.com/client/WORKSPACE/CHANNEL.')
    .optional(),
});

const alarmRule = z.strictObject({
  severity: z
    .enum(SEVERITIES_OR_NONE)
    .describe('page: at once. ticket: in the morning. none: no such alarm.')
    .optional(),
  threshold: z.number().describe('From there on, a period counts.').optional(),
  minimum: z.number().describe('A period with fewer never counts.').optional(),
  periods: z.number().describe('How many periods are looked at.').optional(),
  datapoints: z.number().describe('How many of them must count.').optional(),
});

function ruleOf(entry: AlarmDescription) {
  const { meaning, severity, threshold, minimum, periods, datapoints, periodMinutes } = entry;
  const least = minimum === undefined ? '' : `, of at least ${minimum.default} ${minimum.of}`;
  const time = periodMinutes === 1 ? 'minutes' : `periods of ${periodMinutes} minutes`;
  const standard = `${threshold.default} ${threshold.unit}${least}, in ${datapoints} of ${periods} ${time}; ${severity}`;
  return alarmRule.describe(`${meaning} Default: ${standard}.`).optional();
}

const rules = Object.fromEntries(ALARM_IDS.map((id) => [id, ruleOf(ALARM_CATALOGUE[id])]));

export const alarmsSchema = z
  .strictObject({
    page: receivers.describe('Who is woken.').optional(),
    ticket: receivers.describe('Who reads it in the morning.').optional(),
    runbook: text(HTTPS_PATTERN).describe("Your runbook's address; the name of the alarm is added after #.").optional(),
    ...(rules as Record<AlarmId, ReturnType<typeof ruleOf>>),
  })
  .describe('The alarms, and who hears them.');

/** The keys that the schema knows at a place below `alarms`. */
export function alarmsKeys([entry, below]: readonly (string | number)[]): readonly string[] {
  if (entry === undefined) return Object.keys(alarmsSchema.shape);
  if (below === 'slack') return Object.keys(receivers.shape.slack.unwrap().shape);
  return Object.keys(entry === 'page' || entry === 'ticket' ? receivers.shape : alarmRule.shape);
}
