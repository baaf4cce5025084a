/** The name of a tier's usage plan: by it the command line finds the plan that a key belongs into. */
export function usagePlanName(gateName: string, tier: string): string {
  return `${gateName}-${tier}`;
}
