import { anEvent } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { standardBody } from './standard-body.js';

test('inserts the bytes of data exactly, whitespace, escapes and number forms included', () => {
  const data = Buffer.from('{ "n": 1.00e2,\t"u": "\\u00e9", "__proto__": {} }');
  const body = standardBody(anEvent({ type: 'a"b', time: '2026-01-01T00:00:00+02:00' }), data);
  expect(body.toString()).toBe(`{"type":"a\\"b","timestamp":"2026-01-01T00:00:00+02:00","data":${data}}`);
});

test('gives the acceptance as timestamp where the event has no time', () => {
  const body = standardBody(anEvent({ time: null, acceptedAt: '2026-01-02T03:04:05.678Z' }), Buffer.from('null'));
  expect(JSON.parse(body.toString()).timestamp).toBe('2026-01-02T03:04:05.678Z');
});
