import type { CounterStore, WriteOutcome } from '../../lambda/limiter/counter-store.ts';
import { reliableStore } from '../../lambda/store/reliable-store.ts';
import { StoreThrottledError, StoreUnavailableError } from '../../lambda/store/store-error.ts';
import { WRITE } from './contract.ts';
import { VirtualTimers } from './virtual-timers.ts';

type Behaviour = { after: number; error?: Error } | 'never';
const OK: WriteOutcome = { applied: true, item: { a: 1 } };
const reset = () => new StoreUnavailableError(Object.assign(new Error(), { code: 'ECONNRESET' }), true);
const refused = () => new StoreUnavailableError(new Error('AccessDenied'), false);

/** A store that does one thing after the other, and the same as last time when it has no more to do. */
function scripted(timers: VirtualTimers, ...script: Behaviour[]) {
  const signals: AbortSignal[] = [];
  const store: CounterStore = {
    update: (_subject, _write, options) => {
      const behaviour = script[Math.min(signals.length, script.length - 1)]!;
      signals.push(options!.signal!);
      return new Promise((resolve, reject) => {
        if (behaviour === 'never') return;
        const { after, error } = behaviour;
        timers.set(() => (error ? reject(error) : resolve(OK)), after);
      });
    },
  };
  return { store, signals };
}

/** What became of a promise, once time has passed. */
async function settled<T>(timers: VirtualTimers, ms: number, promise: Promise<T>) {
  let result: unknown = 'pending';
  promise.then(
    (value) => (result = value),
    (error) => (result = error),
  );
  await timers.pass(ms);
  return result;
}

describe('reliableStore', () => {
  const options = (timers: VirtualTimers) => ({ timers, clock: timers.clock });
  const update = (store: CounterStore) => store.update('client:a', WRITE);

  test('hands an answer on, says how many writes it took, and leaves no timer', async () => {
    const timers = new VirtualTimers();
    const { store } = scripted(timers, { after: 10 });
    expect(await settled(timers, 10, update(reliableStore(store, options(timers))))).toEqual({ ...OK, sent: 1 });
    expect(timers.pending).toBe(0);
  });

  test('the first decision may take 1,000 ms, later ones 150', async () => {
    const timers = new VirtualTimers();
    const { store } = scripted(timers, { after: 999 }, { after: 149 }, 'never');
    const reliable = reliableStore(store, options(timers));
    expect(await settled(timers, 999, update(reliable))).toMatchObject({ applied: true });
    expect(await settled(timers, 149, update(reliable))).toMatchObject({ applied: true });
    const late = update(reliable);
    expect(await settled(timers, 149, late)).toBe('pending');
    expect(await settled(timers, 1, late)).toMatchObject({ code: 'HG301', reason: 'deadline', sent: 1 });
  });

  test('at the deadline what is under way is aborted', async () => {
    const timers = new VirtualTimers();
    const { store, signals } = scripted(timers, 'never');
    await settled(timers, 1000, update(reliableStore(store, options(timers))));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('the writes of one decision share its deadline', async () => {
    const timers = new VirtualTimers();
    const { store } = scripted(timers, { after: 1 }, { after: 100 }, { after: 100 });
    const reliable = reliableStore(store, options(timers));
    await settled(timers, 1, update(reliable));
    const decision = reliable.forDecision!();
    expect(await settled(timers, 100, decision.update('client:a', WRITE))).toMatchObject({ applied: true });
    const second = decision.update('client:a', WRITE);
    expect(await settled(timers, 49, second)).toBe('pending');
    expect(await settled(timers, 1, second)).toMatchObject({ code: 'HG301' });
  });

  test('a lost connection is tried again once, at once, inside the deadline', async () => {
    const timers = new VirtualTimers();
    const { store } = scripted(timers, { after: 5, error: reset() }, { after: 5 });
    expect(await settled(timers, 10, update(reliableStore(store, options(timers))))).toEqual({ ...OK, sent: 2 });
  });

  test('and not a second time', async () => {
    const timers = new VirtualTimers();
    const { store, signals } = scripted(timers, { after: 5, error: reset() });
    const result = await settled(timers, 1000, update(reliableStore(store, options(timers))));
    expect(result).toMatchObject({ code: 'HG303', sent: 2 });
    expect(signals).toHaveLength(2);
  });

  test('the second try does not get a deadline of its own', async () => {
    const timers = new VirtualTimers();
    const { store } = scripted(timers, { after: 900, error: reset() }, 'never');
    const result = await settled(timers, 1000, update(reliableStore(store, options(timers))));
    expect(result).toMatchObject({ code: 'HG301', sent: 2 });
  });

  test.each([
    ['a throttle', new StoreThrottledError(new Error('Throttling'))],
    ['a refusal', refused()],
    ['a programming error', new TypeError('mistake')],
  ])('%s is not tried again', async (_name, error) => {
    const timers = new VirtualTimers();
    const { store, signals } = scripted(timers, { after: 5, error });
    const result = await settled(timers, 5, update(reliableStore(store, options(timers))));
    expect((result as Error).message).toBe(error.message);
    expect(signals).toHaveLength(1);
  });

  test('what may go out once is not tried again', async () => {
    const timers = new VirtualTimers();
    const { store, signals } = scripted(timers, { after: 10, error: reset() }, { after: 10 });
    const update = reliableStore(store, options(timers)).update('client:a', WRITE, { once: true });
    expect(await settled(timers, 100, update)).toBeInstanceOf(StoreUnavailableError);
    expect(signals).toHaveLength(1);
  });

  test('after five failures in a row it answers at once, and asks again once a second until one succeeds', async () => {
    const timers = new VirtualTimers();
    const down = { after: 5, error: refused() };
    const { store, signals } = scripted(timers, down, down, down, down, down, down, { after: 5 });
    const reliable = reliableStore(store, options(timers));
    for (let i = 0; i < 5; i++) expect(await settled(timers, 5, update(reliable))).toMatchObject({ code: 'HG303' });

    const open = { code: 'HG304', reason: 'breaker-open', sent: 0 };
    expect(await settled(timers, 0, update(reliable))).toMatchObject(open);
    expect(await settled(timers, 999, update(reliable))).toMatchObject(open);
    expect(signals).toHaveLength(5);

    const probe = update(reliable);
    expect(await settled(timers, 1, update(reliable))).toMatchObject(open);
    expect(await settled(timers, 5, probe)).toMatchObject({ code: expect.stringMatching(/HG30[34]/) });

    await timers.pass(1000);
    expect(await settled(timers, 5, update(reliable))).toMatchObject({ code: 'HG303' });
    await timers.pass(1000);
    expect(await settled(timers, 5, update(reliable))).toMatchObject({ applied: true });
    expect(await settled(timers, 5, update(reliable))).toMatchObject({ applied: true });
  });

  test('throttles do not open it: they are answers', async () => {
    const timers = new VirtualTimers();
    const { store, signals } = scripted(timers, { after: 1, error: new StoreThrottledError(new Error()) });
    const reliable = reliableStore(store, options(timers));
    for (let i = 0; i < 20; i++) expect(await settled(timers, 1, update(reliable))).toMatchObject({ code: 'HG302' });
    expect(signals).toHaveLength(20);
  });
});
