import { Breaker } from '../../lambda/store/breaker.ts';

describe('Breaker', () => {
  const made = () => {
    const time = { now: 0 };
    return { time, breaker: new Breaker({ failures: 3, pauseMs: 100, clock: () => time.now }) };
  };
  const fail = (breaker: Breaker, times: number) => {
    for (let i = 0; i < times; i++) breaker.failed();
  };

  test('stays closed while failures are not in a row', () => {
    const { breaker } = made();
    for (let i = 0; i < 10; i++) {
      fail(breaker, 2);
      breaker.succeeded();
    }
    expect(breaker.admits()).toBe(true);
  });

  test('opens after so many, lets one probe through after the pause, and closes when it succeeds', () => {
    const { breaker, time } = made();
    fail(breaker, 3);
    expect(breaker.admits()).toBe(false);
    time.now = 99;
    expect(breaker.admits()).toBe(false);
    time.now = 100;
    expect([breaker.admits(), breaker.admits(), breaker.admits()]).toEqual([true, false, false]);
    breaker.succeeded();
    expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
  });

  test('a probe that fails opens it for another pause', () => {
    const { breaker, time } = made();
    fail(breaker, 3);
    time.now = 100;
    expect(breaker.admits()).toBe(true);
    time.now = 150;
    breaker.failed();
    time.now = 249;
    expect(breaker.admits()).toBe(false);
    time.now = 250;
    expect(breaker.admits()).toBe(true);
  });
});
