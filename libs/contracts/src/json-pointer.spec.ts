import { describe, expect, it } from 'vitest';
import { pointerTo, tokensOf } from './json-pointer.js';

describe('pointerTo', () => {
  it('writes what separates and what escapes in another way', () => {
    expect(pointerTo('', 'a/b')).toBe('/a~1b');
    expect(pointerTo('/a', 'm~n')).toBe('/a/m~0n');
    expect(pointerTo('/a', '~1')).toBe('/a/~01');
    expect(pointerTo('/items', 3)).toBe('/items/3');
  });
});

describe('tokensOf', () => {
  it('gives the names back that a pointer was made of', () => {
    const names = ['', 'a/b', 'm~n', '~1', '0'];
    expect(tokensOf(names.reduce(pointerTo, ''))).toEqual(names);
  });

  it('finds no name in the pointer to the whole', () => {
    expect(tokensOf('')).toEqual([]);
  });
});
