import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HmacSha256 } from './hmac-sha256.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const signed = (key: Buffer, head: string, body: Buffer) =>
  createHmac('sha256', key).update(head).update(body).digest('base64');

it('signs as Node signs, whatever the key and the message are', () => {
  fc.assert(
    fc.property(bytes(200), fc.string({ unit: 'grapheme' }), bytes(300), (key, head, body) => {
      expect(new HmacSha256(key).base64Of(head, body)).toBe(signed(key, head, body));
    }),
    { numRuns: 500 },
  );
});

it.each([63, 64, 65])('signs with a key of %i bytes', (length) => {
  const key = Buffer.alloc(length, 0xfe);
  expect(new HmacSha256(key).base64Of('head', Buffer.from('body'))).toBe(signed(key, 'head', Buffer.from('body')));
});

it.each([65_400, 65_468, 65_469, 65_472, 65_536, 300_000])('signs a message of %i bytes', (length) => {
  const [key, body] = [Buffer.from('key'), Buffer.alloc(length, 'x')];
  expect(new HmacSha256(key).base64Of('head', body)).toBe(signed(key, 'head', body));
});

it('leaves nothing of one message in the next', () => {
  const hmac = new HmacSha256(Buffer.from('key'));
  hmac.base64Of('a long head of a long message', Buffer.alloc(1_000, 'x'));
  expect(hmac.base64Of('h', Buffer.from('b'))).toBe(signed(Buffer.from('key'), 'h', Buffer.from('b')));
});
