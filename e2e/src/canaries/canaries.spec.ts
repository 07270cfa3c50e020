import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Canaries } from './canaries.js';

const SECRET = 'a "secret" of/mine+äö?';
const canaries = new Canaries();
canaries.watch('it', SECRET);

it.each([
  ['plain', SECRET],
  ['base64', Buffer.from(`u:${SECRET}`).toString('base64')],
  ['base64', Buffer.from(`us:${SECRET}!`).toString('base64')],
  ['base64', Buffer.from(`usr:${SECRET}!!`).toString('base64')],
  ['base64url', Buffer.from(`${SECRET}~~`).toString('base64url')],
  ['hex', Buffer.from(JSON.stringify({ n: Buffer.from(`x${SECRET}`).toString('hex') })).toString()],
  ['upper-case hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ['URL-encoded', `a=${encodeURIComponent(SECRET)}`],
  ['URL-encoded', new URLSearchParams({ a: SECRET }).toString()],
  ['numbers of bytes', JSON.stringify({ key: Buffer.from(SECRET) })],
  ['printed bytes', inspect({ key: Buffer.from(SECRET) })],
  ['JSON-escaped', JSON.stringify({ a: SECRET })],
  ['JSON-escaped', JSON.stringify({ a: JSON.stringify({ b: SECRET }) })],
])('finds what is given away as %s', (form, text) => {
  expect(canaries.in(`before ${text} after`)).toContain(`it (${form})`);
});

it.each(['whsec_', 'whsk_', ''])('finds the bytes of a key that is given as base64 behind "%s"', (prefix) => {
  const key = Buffer.from(Array.from({ length: 64 }, (_, n) => (n * 37 + 11) % 256));
  const ofKeys = new Canaries();
  ofKeys.watch('it', `${prefix}${key.toString('base64')}`);
  for (const text of [
    key.toString('hex'),
    key.toString('base64url'),
    JSON.stringify({ key }),
    inspect({ key }),
    Buffer.concat([Buffer.from('x'), key, Buffer.from('y')]).toString('base64'),
  ]) {
    expect(ofKeys.in(text).join(), text).toContain('it (its key as');
  }
  expect(ofKeys.in(key.subarray(0, 32).toString('hex'))).toEqual([]);
});

it('finds nothing where nothing is, and never repeats a secret', () => {
  expect(canaries.in('a "secret" of/others')).toEqual([]);
  expect(canaries.in(SECRET).join()).not.toContain('mine');
});
