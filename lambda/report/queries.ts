const REJECTIONS = 'filter event in ["limited", "blocked", "anonymous", "failed-closed", "unavailable"]';
const WHO = 'coalesce(subject, clientId, address) as who, coalesce(represents, 1) as n';

/** Logs Insights queries over the rejection log, by the names under which they are saved. A line can stand for several. */
export const QUERIES = {
  'who is turned away': `fields ${WHO}
| ${REJECTIONS}
| stats sum(n) as requests by who, tier, limit, route
| sort requests desc
| limit 50`,
  'which limits and routes': `fields coalesce(represents, 1) as n
| ${REJECTIONS}
| stats sum(n) as requests by event, limit, api, stage, route
| sort requests desc
| limit 50`,
  'rejections by minute': `fields coalesce(represents, 1) as n
| ${REJECTIONS}
| stats sum(n) as requests by bin(1m), event`,
  'what shadow limits would deny': `fields ${WHO}
| filter event = "shadow-limited"
| stats sum(n) as requests by limit, who, route
| sort requests desc
| limit 50`,
} as const;
