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
  ['JSON-escaped', JSON.stringify({ a: SECRET })],
  ['JSON-escaped', JSON.stringify({ a: JSON.stringify({ b: SECRET }) })],
])('finds what is given away as %s', (form, text) => {
  expect(canaries.in(`before ${text} after`)).toContain(`it (${form})`);
});

it('finds nothing where nothing is, and never repeats a secret', () => {
  expect(canaries.in('a "secret" of/others')).toEqual([]);
  expect(canaries.in(SECRET).join()).not.toContain('mine');
});
