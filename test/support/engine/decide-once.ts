/**
 * Decides one request against the DynamoDB endpoint and with the deadline that the command line names, and prints the
 * verdict. A process of its own: in Jest's sandbox the socket's errors are of another realm, and the SDK wraps those.
 */
import { Limiter } from '../../../lambda/limiter/limiter.ts';
import { dynamodbStore } from '../../../lambda/store/dynamodb.ts';
import { reliableStore } from '../../../lambda/store/reliable-store.ts';
import { asked, charge, fixedWindow } from '../../limiter/budgets.ts';
import { engineClient } from './tables.ts';

const [endpoint = '', deadline = ''] = process.argv.slice(2);
const client = engineClient(endpoint);
const store = reliableStore(dynamodbStore(client, 'table'), { firstDeadlineMs: Number(deadline) });
const limiter = new Limiter({ store, clock: () => 1.8e12 });
limiter.decide([asked('client:a', charge(fixedWindow(5, 1000)))]).then((verdict) => {
  console.log(JSON.stringify(verdict));
  client.destroy();
});
