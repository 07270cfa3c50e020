import { describe, expect, it } from 'vitest';
import { maskSecrets, maskUrls, reasonOf } from './mask.js';

describe('maskSecrets', () => {
  it('masks secret members at any depth, however they are written', () => {
    const masked = maskSecrets({ a: 1, headers: { Authorization: 'Bearer x' }, nested: { signing_secret: 's' } });
    expect(masked).toEqual({ a: 1, headers: { Authorization: '***' }, nested: { signing_secret: '***' } });
  });

  it('leaves an object without secrets as it is, without a copy', () => {
    const clean = { a: { b: 'c' } };
    expect(maskSecrets(clean)).toBe(clean);
  });

  it('does not change what it was given', () => {
    const given = { nested: { password: 'p' } };
    maskSecrets(given);
    expect(given.nested.password).toBe('p');
  });
});

describe('reasonOf', () => {
  it('is one line without credentials', () => {
    expect(reasonOf(new Error('no route to\n postgres://u:hunter2@db/x'))).toBe('no route to; postgres://***@db/x');
  });

  it('has the reasons of an AggregateError, which has no message', () => {
    const error = new AggregateError([new Error('ECONNREFUSED ::1'), new Error('ECONNREFUSED 127.0.0.1')]);
    expect(reasonOf(error)).toBe('ECONNREFUSED ::1, ECONNREFUSED 127.0.0.1');
  });

  it('masks every URL of a text', () => {
    expect(maskUrls('kafka://a:b@x postgres://c@y http://z/p@th')).toBe('kafka://***@x postgres://***@y http://z/p@th');
  });
});
