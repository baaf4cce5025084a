/** A Contributor Insights rule over the lines with the event `limited`: what it counts by. */
export interface InsightRule {
  /** Fields of a line, in the order of a contributor's keys; CloudWatch allows 4. */
  readonly keys: readonly string[];
  /** Whether a line must have a client, or must have none; absent: both. */
  readonly client?: boolean;
}

/** The gate's rules by the end of their names: `<gate>-limited-clients`. */
export const INSIGHT_RULES = {
  /** One key, so that the number of contributors is the number of callers. */
  'limited-subjects': { keys: ['subject'] },
  'limited-clients': { keys: ['clientId', 'tier', 'limit', 'route'], client: true },
  /** Callers that are counted by their address: those without a proven identity. */
  'limited-addresses': { keys: ['address', 'tier', 'limit', 'route'], client: false },
  'limited-routes': { keys: ['api', 'stage', 'route', 'limit'] },
} as const satisfies Record<string, InsightRule>;
export type InsightRuleId = keyof typeof INSIGHT_RULES;

export const insightRuleName = (gate: string, id: InsightRuleId): string => `${gate}-${id}`;
