import { type APIGatewayClient, GetUsagePlansCommand, type UsagePlan } from '@aws-sdk/client-api-gateway';

/** All usage plans of the account and region, or those that a key is in. */
export async function usagePlans(
  client: Pick<APIGatewayClient, 'send'>,
  keyId?: string,
): Promise<readonly UsagePlan[]> {
  const plans: UsagePlan[] = [];
  let position: string | undefined;
  do {
    const page = await client.send(new GetUsagePlansCommand({ keyId, position, limit: 500 }));
    plans.push(...(page.items ?? []));
    position = page.position;
  } while (position !== undefined);
  return plans;
}
