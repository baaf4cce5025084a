import { examineApi } from '../../lambda/doctor/examine-api.ts';
import { shop } from '../attach/support/world.ts';

test('methods of an API of the app that take their key from the gate are examined', async () => {
  const world = shop();
  world.api.apiKeySource = 'AUTHORIZER';
  for (const route of ['GET /notes', 'POST /notes']) world.api.method(route).apiKeyRequired = true;
  await world.run('attach', { passKeys: true, publishPending: true });
  const { passKeys: _, ...target } = world.target;
  const examined = () => examineApi(world.adapter, { all: async () => new Map() }, { target, attached: false });
  expect(await examined()).toMatchObject([{ ok: true, text: expect.not.stringContaining('left alone') }]);

  const stripped = world.api.method('POST /notes');
  stripped.authorizationType = 'NONE';
  delete stripped.authorizerId;
  expect(await examined()).toContainEqual(
    expect.objectContaining({ ok: false, text: expect.stringContaining('POST /notes does not ask the gate') }),
  );
});
