import { examineApi } from '../../lambda/doctor/examine-api.ts';
import { LOG_GROUP, shop } from '../attach/support/world.ts';

const examined = (world: ReturnType<typeof shop>) =>
  examineApi(world.adapter, { all: async () => world.records }, { target: world.target, attached: true });

test('an access log that somebody has taken away is found', async () => {
  const world = shop();
  await world.run('attach', { accessLog: LOG_GROUP });
  expect(await examined(world)).toMatchObject([{ ok: true }]);

  delete world.api.stages.get('live')!.accessLogSettings;
  expect(await examined(world)).toMatchObject([{ ok: false, text: expect.stringContaining('access-log is gone') }]);
});

test('one that API Gateway has refused from the first is no fault, and is named', async () => {
  const world = shop();
  world.api.logRole = false;
  await world.run('attach', { accessLog: LOG_GROUP });

  const findings = await examined(world);
  expect(findings).toMatchObject([{ ok: true, text: expect.stringMatching(/left alone: .*API Gateway refused it/) }]);
});

test("the policy's headers are heeded", async () => {
  const world = shop();
  await world.run('attach', { headers: ['ratelimit'] });
  expect(await examined(world)).toMatchObject([{ ok: true }]);
});
