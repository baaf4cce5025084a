import { MAX_OVERRIDES } from '../../lambda/identity/overrides.ts';
import type { Budget } from '../../lambda/policy/policy.ts';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import { deleteOrder, findOrder, isLapsed, listOrders, makeRoom, putOrder, type WrittenOrder } from './orders.ts';
import type { Registry } from './registry-table.ts';
import { RegistryEntryError } from './registry-table-error.ts';

/** A limit, of all tiers or of one. */
export interface OverridePlace {
  readonly limit: string;
  readonly tier?: string | undefined;
}

/** Other budgets than the policy's for one limit, until they lapse. */
export interface RegisteredOverride extends OverridePlace {
  /** As it was written: `10/minute`. */
  readonly rate: string;
  readonly burst?: string;
  /** It is for a limit that functions have of their own. */
  readonly own?: true;
  /** Unix seconds. */
  readonly until: number;
  readonly by?: string;
  readonly why?: string;
  /** When it was given, ISO 8601. */
  readonly at: string;
}

export interface OverrideOrder extends OverridePlace {
  readonly rate: string;
  readonly burst?: number | undefined;
  /** By tier, as the policy compiles them with this rate; absent: a limit of a function's own, which makes them itself. */
  readonly budgets?: Readonly<Record<string, Budget>> | undefined;
  readonly forSeconds: number;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
}

interface OverrideChange {
  readonly before: RegisteredOverride | undefined;
  readonly after: RegisteredOverride;
}

/**
 * Puts an override in place. The authorizers notice within 30 seconds; it lapses by itself.
 *
 * @throws RegistryEntryError (HG231) where there are as many as are read
 * @throws RegistryConflictError (HG232) where somebody changed it meanwhile
 */
export async function setOverride(registry: Registry, order: OverrideOrder, dryRun = false): Promise<OverrideChange> {
  const before = await findOrder(registry, keyOf(order));
  const after = planned(registry, order);
  if (!dryRun) {
    if (before === undefined) await makeRoom(registry, REGISTRY.overridePrefix, MAX_OVERRIDES, 'overrides');
    await putOrder(registry, after, before);
  }
  return { before: before && overrideOf(before), after: overrideOf(after) };
}

/**
 * Takes an override back: the policy's own budgets hold again within 30 seconds.
 *
 * @throws RegistryEntryError (HG231) where there is none
 */
export async function removeOverride(
  registry: Registry,
  place: OverridePlace,
  dryRun = false,
): Promise<RegisteredOverride> {
  const before = await findOrder(registry, keyOf(place));
  if (before === undefined || isLapsed(before, registry.now())) {
    const tier = place.tier === undefined ? '' : ` for the tier ${place.tier}`;
    throw new RegistryEntryError(
      `nothing overrides ${place.limit}${tier}; \`npx headgate override --list\` shows what does`,
    );
  }
  if (!dryRun) await deleteOrder(registry, before);
  return overrideOf(before);
}

/** Those that hold at present, by limit. */
export async function listOverrides(registry: Registry): Promise<readonly RegisteredOverride[]> {
  const orders = await listOrders(registry, REGISTRY.overridePrefix);
  return orders.filter((order) => !isLapsed(order, registry.now())).map(overrideOf);
}

const keyOf = ({ limit, tier }: OverridePlace): string =>
  `${REGISTRY.overridePrefix}${limit}${tier === undefined ? '' : `#${tier}`}`;

function planned(
  registry: Registry,
  { rate, burst, budgets, forSeconds, by, why, ...place }: OverrideOrder,
): WrittenOrder {
  return {
    key: keyOf(place),
    until: Math.ceil(registry.now() / 1000) + forSeconds,
    at: new Date(registry.now()).toISOString(),
    rate,
    ...(budgets ? { budgets: JSON.stringify(budgets) } : { [REGISTRY.ownField]: 'true' }),
    ...(burst !== undefined && { burst: String(burst) }),
    ...(by !== undefined && { by }),
    ...(why !== undefined && { why }),
  };
}

function overrideOf({ key, until, at, by, why, rate, burst, ...more }: WrittenOrder): RegisteredOverride {
  const [limit = '', tier] = key.slice(REGISTRY.overridePrefix.length).split('#');
  return {
    limit,
    ...(tier !== undefined && { tier }),
    rate: String(rate ?? ''),
    ...(burst !== undefined && { burst: String(burst) }),
    ...(more[REGISTRY.ownField] !== undefined && { own: true }),
    until,
    ...(by !== undefined && { by }),
    ...(why !== undefined && { why }),
    at,
  };
}
