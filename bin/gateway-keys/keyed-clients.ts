import { addClient, type RegisteredClient, removeClient, setTier } from '../registry/clients.ts';
import { generateKey } from '../registry/generate-key.ts';
import type { Registry } from '../registry/registry-table.ts';
import { createApiKey, deleteApiKey, enableApiKey } from './api-keys.ts';
import type { Gateway } from './gateway.ts';
import { GatewayKeyError } from './gateway-key-error.ts';
import { planOfTier, putIntoPlan } from './usage-plan-keys.ts';

/**
 * Adds a client whose key is one of API Gateway's too, in the usage plan of its tier.
 *
 * API Gateway first: a key that is in no registry yet limits nobody, while a client without its key could not call.
 * What fails half-way is taken back.
 *
 * @throws GatewayKeyError (HG234), with what could not be taken back
 * @throws UsagePlanError (HG233) before anything is made
 */
export async function addKeyedClient(
  registry: Registry,
  gateway: Gateway,
  { id, tier, key = generateKey() }: { readonly id: string; readonly tier: string; readonly key?: string },
): Promise<{ readonly client: RegisteredClient; readonly key: string }> {
  await planOfTier(gateway, tier);
  const apiKeyId = await createApiKey(gateway, id, key);
  const made: Step[] = [{ what: `the API Gateway key ${apiKeyId}`, undo: () => deleteApiKey(gateway, apiKeyId) }];
  try {
    const added = await addClient(registry, { id, tier, key, apiKeyId });
    made.unshift({ what: `the client ${id}`, undo: () => removeClient(registry, id) });
    await putIntoPlan(gateway, apiKeyId, tier);
    return added;
  } catch (error) {
    const left = await takeBack(made);
    if (left.length === 0) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatewayKeyError(`${reason}; and ${left.join(' and ')} could not be taken back: remove by hand`, {
      cause: error,
    });
  }
}

/** Gives a client another tier and moves its key into that tier's plan. Repeat it where it fails half-way. */
export async function setKeyedTier(
  registry: Registry,
  gateway: Gateway,
  id: string,
  tier: string,
  apiKeyId: string,
): Promise<Awaited<ReturnType<typeof setTier>>> {
  await planOfTier(gateway, tier);
  const changed = await setTier(registry, id, tier);
  await following(`${id} has the tier ${tier} in the registry`, 'its key is not in the usage plan yet', () =>
    putIntoPlan(gateway, apiKeyId, tier),
  );
  return changed;
}

/** Removes a client and its key of API Gateway. */
export async function removeKeyedClient(registry: Registry, gateway: Gateway, id: string): Promise<RegisteredClient> {
  const removed = await removeClient(registry, id);
  const { apiKeyId } = removed;
  if (apiKeyId !== undefined) {
    await following(`${id} is removed`, `API Gateway still has its key ${apiKeyId}`, () =>
      deleteApiKey(gateway, apiKeyId),
    );
  }
  return removed;
}

/** Switches the key of a client that is blocked for good, or no longer blocked. */
export async function switchKey(gateway: Gateway, apiKeyId: string, enabled: boolean): Promise<boolean> {
  let there = false;
  const word = enabled ? 'enabled' : 'disabled';
  await following('The block is changed', `the API Gateway key ${apiKeyId} is not ${word}`, async () => {
    there = await enableApiKey(gateway, apiKeyId, enabled);
  });
  return there;
}

interface Step {
  readonly what: string;
  readonly undo: () => Promise<unknown>;
}

async function takeBack(steps: readonly Step[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { what, undo } of steps) {
    try {
      await undo();
    } catch {
      left.push(what);
    }
  }
  return left;
}

/** A second step, whose failure must say that the first was done. */
async function following(done: string, missing: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatewayKeyError(`${done}, but ${missing}: ${reason}. Run the command again`, { cause: error });
  }
}
