import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { observeDates } from '../../lambda/store/observe-dates.ts';
import { sendingOnce } from '../../lambda/store/sending-once.ts';
import { StoreClock } from '../../lambda/store/store-clock.ts';

let requests = 0;
/** A client with the SDK's own retries, at once, against a service that always fails. */
const client = () =>
  new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
    requestHandler: {
      handle: async () => {
        requests++;
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET', name: 'TimeoutError' });
      },
    },
  });
const command = () => new UpdateItemCommand({ TableName: 'counters', Key: { pk: { S: 'all' } } });
beforeEach(() => {
  requests = 0;
});

test('a request goes out once; the client itself still repeats it', async () => {
  const own = client();
  await expect(sendingOnce(own).send(command())).rejects.toThrow('reset');
  expect(requests).toBe(1);
  await expect(own.send(command())).rejects.toThrow('reset');
  expect(requests).toBe(4);
});

test('several views of one client can each watch its answers', () => {
  const own = client();
  for (let i = 0; i < 2; i++) observeDates(sendingOnce(own), new StoreClock(Date.now), Date.now);
  const names = (stack: { identify(): string[] }) => stack.identify().join();
  expect(names(own.middlewareStack)).not.toContain('headgateObserveDates');
});
