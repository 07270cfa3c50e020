import { describe, expect, it } from 'vitest';
import { maskUrls, reasonOf } from './mask.js';

describe('reasonOf', () => {
  it('is one line without credentials', () => {
    expect(reasonOf(new Error('no route to\n postgres://u:hunter2@db/x'))).toBe('no route to; postgres://***@db/x');
  });

  it('has the reasons of an AggregateError, which has no message', () => {
    const error = new AggregateError([new Error('ECONNREFUSED ::1'), new Error('ECONNREFUSED 127.0.0.1')]);
    expect(reasonOf(error)).toBe('ECONNREFUSED ::1, ECONNREFUSED 127.0.0.1');
  });

  it('is a text, whatever was made of the error', () => {
    expect(reasonOf(Object.assign(new Error('e'), { message: [] }))).toBe('Error');
    expect(reasonOf(Object.assign(new Error('e'), { message: null, name: {} }))).toBe('Error');
  });

  it('masks every URL of a text', () => {
    expect(maskUrls('postgres://u:p@ss@db/x, smtp://@@h')).toBe('postgres://***@db/x, smtp://***@h');
    expect(maskUrls('kafka://a:b@x postgres://c@y http://z/p@th')).toBe('kafka://***@x postgres://***@y http://z/p@th');
  });
});
