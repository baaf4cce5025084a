import { GetItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { hashKey, isKeyText, KEY_LENGTH } from '../../lambda/identity/api-key.ts';
import { CLIENT_ID_ALLOWED, isClientId } from '../../lambda/identity/client-id.ts';
import { REGISTRY } from '../../lambda/store/registry-keys.ts';
import { generateKey } from './generate-key.ts';
import { clientItemKey, failedConditions, type Item, keyItemKey, type Registry } from './registry-table.ts';
import { RegistryConflictError, RegistryEntryError } from './registry-table-error.ts';

/** A client as the registry has it. Its key is not in it: nobody can read that again. */
export interface RegisteredClient {
  readonly id: string;
  readonly tier: string;
  readonly state: string;
  /** SHA-256 of the key, hex. */
  readonly keySha256: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The id of the key of API Gateway that has the same value, where there is one. */
  readonly apiKeyId?: string;
}

/**
 * Adds a client and its key.
 *
 * The two items are written in one transaction, each under the condition that there is none yet:
 *
 *     add acme, key A     add acme, key B      a second acme would leave key A valid with no client that lists it,
 *     ---- both look: there is no acme ----    and a second use of a key would hand one client's key to another:
 *     write acme + A      write acme + B       the later one fails as a whole
 *
 * @param key the client's own; absent: 40 random letters and digits
 * @returns the key, which cannot be read again
 * @throws RegistryEntryError where the id or the key is taken or malformed
 */
export async function addClient(
  registry: Registry,
  {
    id,
    tier,
    key = generateKey(),
    apiKeyId,
  }: { readonly id: string; readonly tier: string; readonly key?: string; readonly apiKeyId?: string },
): Promise<{ readonly client: RegisteredClient; readonly key: string }> {
  if (!isClientId(id))
    throw new RegistryEntryError(`${JSON.stringify(id)} is no client id; allowed are ${CLIENT_ID_ALLOWED}`);
  if (!isKeyText(key)) throw new RegistryEntryError(KEY_ALLOWED);
  const client = {
    id,
    tier,
    state: 'active',
    keySha256: hashKey(key),
    createdAt: new Date(registry.now()).toISOString(),
    ...(apiKeyId === undefined ? {} : { apiKeyId }),
  };
  const onlyNew = { TableName: registry.table, ConditionExpression: 'attribute_not_exists(#pk)', ...PK_NAME };
  const command = new TransactWriteItemsCommand({
    TransactItems: [{ Put: { ...onlyNew, Item: clientItem(client) } }, { Put: { ...onlyNew, Item: keyItem(client) } }],
  });
  try {
    await registry.client.send(command);
  } catch (error) {
    const [idTaken, keyTaken] = failedConditions(error) ?? [];
    if (idTaken)
      throw new RegistryEntryError(`there is a client ${id} already; \`npx headgate client show ${id}\` shows it`);
    if (keyTaken) throw new RegistryEntryError('this key belongs to another client already');
    if (idTaken === false) throw new RegistryConflictError(`client ${id}`);
    throw error;
  }
  return { client, key };
}

/** All clients, by id. */
export async function listClients(registry: Registry): Promise<readonly RegisteredClient[]> {
  const clients: RegisteredClient[] = [];
  let from: Item | undefined;
  do {
    const page = await registry.client.send(
      new QueryCommand({
        TableName: registry.table,
        KeyConditionExpression: '#pk = :clients',
        ...PK_NAME,
        ExpressionAttributeValues: { ':clients': { S: REGISTRY.clients } },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    clients.push(...(page.Items ?? []).map(clientOf));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return clients;
}

/** @throws RegistryEntryError where there is no such client */
export async function showClient(registry: Registry, id: string): Promise<RegisteredClient> {
  const client = await showClientIfAny(registry, id);
  if (client === undefined)
    throw new RegistryEntryError(`there is no client ${id}; \`npx headgate client list\` shows all`);
  return client;
}

export async function showClientIfAny(registry: Registry, id: string): Promise<RegisteredClient | undefined> {
  const { Item } = await registry.client.send(
    new GetItemCommand({ TableName: registry.table, Key: clientItemKey(id), ConsistentRead: true }),
  );
  return Item && clientOf(Item);
}

/**
 * Gives a client another tier. The authorizers notice within a minute.
 *
 * The tier stands in two items, the client's and its key's, which must not part: one transaction. It holds only while the
 * client still has the key and the tier that were read before:
 *
 *     set-tier gold                       remove, then add with a new key
 *     read: key A, free
 *                                         delete acme + A, write acme + B
 *     write acme gold + A gold            without the condition A, which nobody has any more, would come back
 *
 * @throws RegistryEntryError where there is no such client
 * @throws RegistryConflictError where somebody changed it meanwhile
 */
export async function setTier(
  registry: Registry,
  id: string,
  tier: string,
): Promise<{ readonly before: RegisteredClient; readonly after: RegisteredClient }> {
  const before = await showClient(registry, id);
  if (before.tier === tier) return { before, after: before };
  const update = {
    TableName: registry.table,
    UpdateExpression: 'SET #tier = :tier',
    ExpressionAttributeValues: { ':tier': { S: tier }, ':before': { S: before.tier } },
  };
  await changed(registry, id, [
    {
      Update: {
        ...update,
        Key: clientItemKey(id),
        ConditionExpression: '#key = :key AND #tier = :before',
        ExpressionAttributeNames: { '#key': 'keySha256', '#tier': 'tier' },
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':key': { S: before.keySha256 } },
      },
    },
    {
      Update: {
        ...update,
        Key: keyItemKey(before.keySha256),
        ConditionExpression: '#client = :id AND #tier = :before',
        ExpressionAttributeNames: { '#client': 'client', '#tier': 'tier' },
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':id': { S: id } },
      },
    },
  ]);
  return { before, after: { ...before, tier } };
}

/**
 * Removes a client and its key. The authorizers notice within a minute; from then on who sends the key is its address.
 *
 * One transaction, under the condition that the client still has the key that was read: a client that was removed and
 * added again meanwhile has another, and would lose its entry while its new key went on working.
 *
 * @throws RegistryEntryError where there is no such client
 * @throws RegistryConflictError where somebody changed it meanwhile
 */
export async function removeClient(registry: Registry, id: string): Promise<RegisteredClient> {
  const before = await showClient(registry, id);
  await changed(registry, id, [
    {
      Delete: {
        TableName: registry.table,
        Key: clientItemKey(id),
        ConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': 'keySha256' },
        ExpressionAttributeValues: { ':key': { S: before.keySha256 } },
      },
    },
    { Delete: { TableName: registry.table, Key: keyItemKey(before.keySha256) } },
  ]);
  return before;
}

async function changed(
  registry: Registry,
  id: string,
  TransactItems: NonNullable<ConstructorParameters<typeof TransactWriteItemsCommand>[0]['TransactItems']>,
): Promise<void> {
  try {
    await registry.client.send(new TransactWriteItemsCommand({ TransactItems }));
  } catch (error) {
    if (failedConditions(error) === undefined) throw error;
    throw new RegistryConflictError(`client ${id}`);
  }
}

const PK_NAME = { ExpressionAttributeNames: { '#pk': REGISTRY.partitionKey } };
const KEY_ALLOWED = `a key has ${KEY_LENGTH.min} to ${KEY_LENGTH.max} visible ASCII characters and no comma; this one does not`;

const clientItem = ({ id, tier, state, keySha256, createdAt, apiKeyId }: RegisteredClient): Item => ({
  ...clientItemKey(id),
  tier: { S: tier },
  state: { S: state },
  keySha256: { S: keySha256 },
  createdAt: { S: createdAt },
  ...(apiKeyId === undefined ? {} : { apiKeyId: { S: apiKeyId } }),
});

const keyItem = ({ id, tier, state, keySha256 }: RegisteredClient): Item => ({
  ...keyItemKey(keySha256),
  client: { S: id },
  tier: { S: tier },
  state: { S: state },
});

function clientOf(item: Item): RegisteredClient {
  const text = (name: string): string => item[name]?.S ?? '';
  return {
    id: text(REGISTRY.sortKey),
    tier: text('tier'),
    state: text('state'),
    keySha256: text('keySha256'),
    createdAt: text('createdAt'),
    ...(item.apiKeyId?.S === undefined ? {} : { apiKeyId: item.apiKeyId.S }),
  };
}
