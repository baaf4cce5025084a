import { LOG_GROUP, shop, World } from './support/world.ts';

const ONE = { routes: [{ method: 'GET', path: '/notes' }], accessLog: LOG_GROUP, sharedDeny: true };
const OTHER = {
  routes: [{ method: 'POST', path: '/notes' }],
  accessLog: `${LOG_GROUP}-other`,
  sharedDeny: true,
  gate: 'Other.Gate',
  functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:other-authorizer',
};

/** Two gates in front of one API, each with records of its own. */
function twoGates() {
  const one = shop();
  const other = Object.assign(new World(), { adapter: one.adapter, api: one.api });
  return { one, other, log: () => one.api.stages.get('live')!.accessLogSettings?.destinationArn };
}

describe('two gates on one stage, each with an access log', () => {
  test('the first that goes gives its own back; the other sets its own when it attaches again', async () => {
    const { one, other, log } = twoGates();
    const before = one.picture();
    await one.run('attach', ONE);
    const { left } = await other.run('attach', OTHER);
    expect(log()).toBe(LOG_GROUP);
    expect(left.map(({ route }) => route)).toContain('access log');

    await one.run('detach');
    expect(log()).toBeUndefined();
    await other.run('attach');
    expect(log()).toBe(OTHER.accessLog);
    await other.run('detach');
    expect(one.picture()).toEqual(before);
    expect([one.records.size, other.records.size]).toEqual([0, 0]);
  });

  test('the second that goes leaves the log of the first', async () => {
    const { one, other, log } = twoGates();
    const before = one.picture();
    await one.run('attach', ONE);
    await other.run('attach', OTHER);

    await other.run('detach');
    expect(log()).toBe(LOG_GROUP);
    await one.run('detach');
    expect(one.picture()).toEqual(before);
  });
});
