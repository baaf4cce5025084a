import { CreateUsagePlanKeyCommand, DeleteUsagePlanKeyCommand } from '@aws-sdk/client-api-gateway';
import { usagePlans } from '../../lambda/doctor/usage-plans.ts';
import { usagePlanName } from '../../lib/coarse/plan-name.ts';
import type { Gateway } from './gateway.ts';
import { UsagePlanError } from './gateway-key-error.ts';

/**
 * The id of a tier's plan.
 *
 * @throws UsagePlanError (HG233) where the gate has none for this tier, or several of one name
 */
export async function planOfTier(gateway: Gateway, tier: string): Promise<string> {
  const name = usagePlanName(gateway.gate, tier);
  const ids = (await usagePlans(gateway.client)).filter((plan) => plan.name === name).map(({ id }) => id!);
  if (ids.length === 1) return ids[0]!;
  throw new UsagePlanError(
    ids.length === 0
      ? `there is no usage plan ${name}. A gate makes one for each tier of its policy when it protects a REST API`
      : `there are ${ids.length} usage plans ${name} (${ids.join(', ')}), and a key belongs into one`,
  );
}

/**
 * Puts a key into its tier's plan, and takes it out of the gate's other plans first: API Gateway refuses a key that is in
 * two plans of one stage. In between, some hundred milliseconds, methods that require a key answer 403 to it. Safe to
 * repeat.
 */
export async function putIntoPlan(gateway: Gateway, keyId: string, tier: string): Promise<void> {
  const planId = await planOfTier(gateway, tier);
  const present = await usagePlans(gateway.client, keyId);
  const others = present.filter(({ id, name }) => id !== planId && name?.startsWith(`${gateway.gate}-`));
  for (const { id } of others) {
    await gateway.client.send(new DeleteUsagePlanKeyCommand({ usagePlanId: id, keyId }));
  }
  if (present.some(({ id }) => id === planId)) return;
  await gateway.client.send(new CreateUsagePlanKeyCommand({ usagePlanId: planId, keyId, keyType: 'API_KEY' }));
}
