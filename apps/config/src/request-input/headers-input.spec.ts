import { describe, expect, it } from 'vitest';
import { headersOf } from './headers-input.js';

describe('headers as text', () => {
  it('are split only at a comma that a name and a colon follow', () => {
    expect(headersOf('A: b, C: d')).toEqual({ A: 'b', C: 'd' });
    expect(headersOf('Accept: a/b, c/d,X-Y:z')).toEqual({ Accept: 'a/b, c/d', 'X-Y': 'z' });
    expect(headersOf('Date: Mon, 01 Jan 2026')).toEqual({ Date: 'Mon, 01 Jan 2026' });
    expect(headersOf('A:')).toEqual({ A: '' });
    expect(headersOf('')).toEqual({});
  });

  it('are no headers without a colon, without a name, or with a name twice', () => {
    for (const text of ['no header', ': x', 'A: b, A: c']) expect(headersOf(text), text).toBeNull();
  });

  it('may have any name, also that of an inherited member', () => {
    expect(Object.entries(headersOf('__proto__: x, constructor: y') ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('as an object stay as they are', () => {
    expect(headersOf({ A: 'b' })).toEqual({ A: 'b' });
    expect(headersOf(undefined)).toEqual({});
  });
});
