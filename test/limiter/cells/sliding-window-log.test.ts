import { asked, charge, logWindow } from '../budgets.ts';
import { setup } from '../setup.ts';

describe('sliding window log', () => {
  test('an item that was deleted and born again by a slower clock is not taken for the old one', async () => {
    const bed = setup();
    const request = [asked('client:a', charge(logWindow(5, 10_000)))];
    const ahead = bed.limiter({ clock: () => bed.now + 4000 });
    const behind = bed.limiter();
    await ahead.decide(request);
    bed.memory.items.delete('client:a');
    for (let i = 0; i < 5; i++) expect(await behind.decide(request)).toMatchObject({ allowed: true });
    // Its running total is below the one that is remembered, and the window is full all the same.
    expect(await ahead.decide(request)).toMatchObject({ allowed: false, writes: 1 });
  });
});
