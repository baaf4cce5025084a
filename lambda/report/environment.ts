/** Environment variables of the report's function, set by `lib/` and read by `lambda/`. */
export const REPORT_ENVIRONMENT = {
  gate: 'HEADGATE_GATE',
  /** Name of the log group in which the authorizer's rejections stand. */
  logGroup: 'HEADGATE_LOG_GROUP',
  /** Those of functions with limits of their own, with commas between; absent: none. */
  ownLogGroups: 'HEADGATE_OWN_LOG_GROUPS',
  /** Names of the gate's limits, with commas between, where functions have others. Absent: none has, or they are too many. */
  limits: 'HEADGATE_LIMITS',
  /** For commands: the stack that deploys the gate, or the gate's name where the stack has several. */
  stack: 'HEADGATE_STACK',
  topic: 'HEADGATE_REPORT_TOPIC',
  /** What subscribers over HTTPS get: `json` or `amazon-q`. */
  https: 'HEADGATE_REPORT_HTTPS',
  /** The dashboard to link to. */
  dashboard: 'HEADGATE_DASHBOARD',
} as const;

/** What subscribers over HTTPS get: the report's JSON, or the one form that Amazon Q Developer shows in a chat. */
export type HttpsForm = 'json' | 'amazon-q';
