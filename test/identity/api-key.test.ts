import { createHash } from 'node:crypto';
import { hashKey, isKeyText, keyHashesOf } from '../../lambda/identity/api-key.ts';

const key = 'k3y-0123456789abcdefghij';
const sources = [
  { kind: 'apiKey', header: 'x-api-key' },
  { kind: 'apiKey', header: 'x-partner-key' },
] as const;

describe('keyHashesOf', () => {
  test('is the SHA-256 of the value', () => {
    expect(hashKey(key)).toBe(createHash('sha256').update(key).digest('hex'));
    expect(keyHashesOf(sources, { headers: { 'x-api-key': key } })).toEqual([hashKey(key)]);
  });
  test.each(['X-API-Key', 'x-api-key', 'X-Api-KEY'])('finds %s', (name) => {
    expect(keyHashesOf(sources, { headers: { [name]: ` ${key} ` } })).toEqual([hashKey(key)]);
  });
  test('takes the headers in the order of the policy', () => {
    const headers = { 'x-partner-key': key, 'x-api-key': `${key}2` };
    expect(keyHashesOf(sources, { headers })).toEqual([hashKey(`${key}2`), hashKey(key)]);
  });
  test('the same value twice is one key, two values are none', () => {
    expect(keyHashesOf(sources, { multiValueHeaders: { 'x-api-key': [key, key] } })).toEqual([hashKey(key)]);
    expect(keyHashesOf(sources, { multiValueHeaders: { 'x-api-key': [key, `${key}2`] } })).toEqual([]);
    expect(keyHashesOf(sources, { headers: { 'x-api-key': key, 'X-API-KEY': `${key}2` } })).toEqual([]);
    expect(keyHashesOf(sources, { headers: { 'x-api-key': `${key},${key}2` } })).toEqual([]);
  });
  test.each([
    ['none', undefined],
    ['a short one', 'abc'],
    ['an endless one', 'x'.repeat(100_000)],
    ['spaces', `${key} ${key}`],
    ['control characters', `${key}\r\nx: y`],
    ['letters beyond ASCII', `${key}\u00e9`],
    ['a number', 1234567890],
    ['an object', { length: 30 }],
  ])('%s is no key and is not looked up', (_, value) => {
    expect(keyHashesOf(sources, { headers: { 'x-api-key': value } })).toEqual([]);
  });
  test('keys may be 20 to 128 characters long', () => {
    expect([19, 20, 128, 129].map((length) => isKeyText('x'.repeat(length)))).toEqual([false, true, true, false]);
  });
});
