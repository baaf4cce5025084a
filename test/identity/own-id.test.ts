import { createHash } from 'node:crypto';
import { clientOfOwnId } from '../../lambda/identity/own-id.ts';

test.each(['acme', 'anna@example.com', 'a+b=c'])('%s is a client by itself', (id) => {
  expect(clientOfOwnId(id)).toBe(id);
});

test.each(['auth0|123', 'tenant/7', 'Zoë', 'apigw:abc', '#acme', ' acme', 'x'.repeat(100_000)])(
  '%.20s is counted as its SHA-256',
  (id) => {
    expect(clientOfOwnId(id)).toBe(`#${createHash('sha256').update(id).digest('base64url')}`);
  },
);

test.each([undefined, null, '', {}, [], true])('%p is nobody', (id) => {
  expect(clientOfOwnId(id)).toBeUndefined();
});

test('numbers are ids too', () => {
  expect(clientOfOwnId(7)).toBe('7');
  expect(clientOfOwnId(7n)).toBe('7');
});
