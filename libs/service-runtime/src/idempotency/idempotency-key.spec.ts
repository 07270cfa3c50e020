import { describe, expect, it } from 'vitest';
import { answerIdOf, fingerprintOf, readIdempotencyKey } from './idempotency-key.js';

describe('an Idempotency-Key', () => {
  it.each(['a', 'a b', '"8e03978e-40d5-43e8-bc93-6894a57f9324"', 'x'.repeat(255)])('may be %j', (key) => {
    expect(readIdempotencyKey(key)).toBe(key);
  });

  it.each(['', 'x'.repeat(256), 'a\tb', 'schlüssel', undefined, ['a', 'b']])('cannot be %j', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('stands for another request of each tenant and of each actor', () => {
    const scopes = [null, 'ten_1', 'ten_2', 'null'].flatMap((tenantId) =>
      [null, 'key_1', 'key_2'].map((actorId) => ({ tenantId, actorId })),
    );
    expect(new Set(scopes.map((scope) => answerIdOf(scope, 'k'))).size).toBe(scopes.length);
    expect(answerIdOf({ tenantId: 'a', actorId: null }, 'k')).not.toBe(
      answerIdOf({ tenantId: 'a', actorId: null }, 'l'),
    );
  });

  it('stands for one request: method, address with its query, and body', () => {
    const form = { method: 'POST', url: '/v1/a', bodyDigest: 'd' };
    const others = [{ method: 'PUT' }, { url: '/v1/a?b' }, { bodyDigest: 'e' }].map((other) => ({ ...form, ...other }));
    expect(new Set([form, ...others].map((each) => fingerprintOf(each, 'k'))).size).toBe(4);
    expect(fingerprintOf({ ...form }, 'k')).toBe(fingerprintOf(form, 'k'));
  });

  it('keeps what is stored of a body from being searched without it', () => {
    const form = { method: 'POST', url: '/v1/a', bodyDigest: 'd' };
    expect(fingerprintOf(form, 'k')).not.toBe(fingerprintOf(form, 'l'));
  });
});
