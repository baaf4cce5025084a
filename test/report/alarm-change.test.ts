import { readAlarmChange, windowOf } from '../../lambda/report/alarm-change.ts';
import { alarmEvent, change, GATE } from './support.ts';

const MINUTE = 60_000;

test('an alarm’s event is read: name, id, what it is about, when, why', () => {
  expect(change()).toEqual({
    name: 'Shop.Headgate-limited-rate',
    id: 'limited-rate',
    account: '123456789012',
    subject: 'limited',
    at: Date.parse('2026-11-24T02:54:11.443Z'),
    reason: expect.stringMatching(/^Threshold Crossed: 3 out of the last 5 datapoints/),
    region: 'eu-central-1',
    quietSince: Date.parse('2026-11-23T11:20:11.443Z'),
    dataFrom: Date.parse('2026-11-24T02:49:00.000Z'),
  });
});

test('an alarm of another gate, whose name begins alike, a composite and another state have no report', () => {
  for (const name of [
    `${GATE}-eu-limited-rate`,
    `${GATE}-eu-limiter-page`,
    `${GATE}-callers-page`,
    'Other-limited-rate',
    GATE,
  ]) {
    const event = alarmEvent();
    event.detail.alarmName = name;
    expect(readAlarmChange(event, GATE, 0)).toBeUndefined();
  }
  const over = alarmEvent();
  over.detail.state.value = 'OK';
  expect(readAlarmChange(over, GATE, 0)).toBeUndefined();
});

test('an alarm that somebody named in the same way has a report too', () => {
  expect(change('my-own')).toMatchObject({ id: 'my-own', subject: 'other' });
});

test('what is no change of an alarm’s state is an error', () => {
  for (const event of [undefined, null, {}, 'x', { detail: { alarmName: 1, state: { value: 'ALARM' } } }]) {
    expect(() => readAlarmChange(event, GATE, 0)).toThrow(/^HG350/);
  }
});

test('an event without times and with garbage in it still has a report', () => {
  const event = { detail: { alarmName: `${GATE}-doctor`, state: { value: 'ALARM', reasonData: '{' } }, region: 'a b' };
  expect(readAlarmChange(event, GATE, 5)).toEqual({
    name: `${GATE}-doctor`,
    id: 'doctor',
    subject: 'other',
    at: 5,
    reason: '',
    region: '',
  });
});

test('the window begins with the alarm’s data, 10 minutes to 3 hours before it', () => {
  const at = change().at;
  const spanOf = (dataFrom: number) => {
    const { from, to } = windowOf({ ...change(), dataFrom }, at + 2000);
    return [(at - from) / MINUTE, to - at];
  };
  expect(spanOf(at - 5 * MINUTE)).toEqual([10, 2000]);
  expect(spanOf(at - 30 * MINUTE)).toEqual([30, 2000]);
  expect(spanOf(at - 6000 * MINUTE)).toEqual([180, 2000]);
  expect(windowOf(change(), at + 100 * MINUTE).to).toBe(at + 15 * MINUTE);
  expect(windowOf(change(), at - MINUTE).to).toBe(at);
});
