import { accessLogFormat } from '../http/access-log-format.ts';
import { accessLogKey } from './access-log-key.ts';
import type { AttachRecord, AttachRecords, AttachTarget, Element, Json, LeftRoute } from './model.ts';
import { isOurs } from './plan.ts';
import { sameValue } from './value.ts';

/** By the names of the API's stages. `null`: none. */
export type AccessLogs = ReadonlyMap<string, Json>;

export interface AccessLogValue {
  readonly destinationArn: string;
  readonly format: string;
}

/** A stage's access log as a value. `null`: none. */
export function accessLogValue(destinationArn: string | undefined, format: string | undefined): Json {
  // CloudFormation's ARN of a log group ends so; API Gateway gives it back without.
  return destinationArn ? { destinationArn: destinationArn.replace(/:\*$/, ''), format: format ?? '' } : null;
}

/** The gate's access log on the target's stage, unless that has one of its own. */
export function accessLogElements(logs: AccessLogs, target: AttachTarget, records: AttachRecords): Element[] {
  const found = lookAt(logs, target, records);
  if (found === undefined || found.isOwn) return [];
  const { present, wanted, refused } = found;
  const before = refused ? ' (API Gateway refused it before)' : '';
  const text = `stage "${target.stage}": access log to the gate's log group${before}`;
  return [{ key: accessLogKey(target.stage), text, present, wanted, optional: true }];
}

/** What is to be said where the stage has one of its own. */
export function leftAccessLog(logs: AccessLogs, target: AttachTarget, records: AttachRecords): LeftRoute[] {
  const found = lookAt(logs, target, records);
  if (!found?.isOwn || sameValue(found.present, found.wanted)) return [];
  const reason = "the stage has its own, which stays: its requests are not in the gate's metrics of the access log";
  const waysOn = ["send it to the gate's log group, in the gate's format (docs/guide/signals.md)"];
  return [{ route: ACCESS_LOG, reason, waysOn }];
}

/** What is to be said where API Gateway has just refused it. */
export function refusedAccessLog(reason: string): LeftRoute {
  return {
    route: ACCESS_LOG,
    reason,
    waysOn: [
      'on a REST API, give the account a role for logs (docs/guide/signals.md), then `headgate attach --repair`',
      '`accessLogs: { attached: false }`',
    ],
  };
}

/** Whether API Gateway would not have what the record is about. */
export const isRefused = (record: AttachRecord | undefined): boolean => record?.after === null;

const ACCESS_LOG = 'access log';

function lookAt(logs: AccessLogs, { stage, accessLog, kind, gate }: AttachTarget, records: AttachRecords) {
  const present = logs.get(stage);
  if (accessLog === undefined || present === undefined) return undefined;
  const record = records.get(accessLogKey(stage));
  return {
    present,
    wanted: accessLogValue(accessLog, accessLogFormat(kind, gate)),
    isOwn: present !== null && (record === undefined || !isOurs(record, present)),
    refused: present === null && isRefused(record),
  };
}
