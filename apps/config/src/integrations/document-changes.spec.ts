import { expect, it } from 'vitest';
import { changesBetween } from './document-changes.js';

const secret = (lastFour: string) => ({ set: true, lastFour, updatedAt: '2026-01-02T03:04:05.678Z' });

it('names each member that differs by its pointer', () => {
  expect(changesBetween({ a: 1, b: { 'c/d': null, e: 2 } }, { a: 1, b: { 'c/d': 3, e: 2 } })).toEqual([
    { pointer: '/b/c~1d', from: null, to: 3 },
  ]);
  expect(changesBetween({ a: { b: 1 } }, { a: { b: 1 } })).toEqual([]);
});

it('says null for what is not there', () => {
  expect(changesBetween({ a: 1 }, { b: { c: 2 } })).toEqual([
    { pointer: '/a', from: 1, to: null },
    { pointer: '/b', from: null, to: { c: 2 } },
  ]);
  expect(changesBetween(null, { a: 1 })).toEqual([{ pointer: '', from: null, to: { a: 1 } }]);
});

it('tells arrays and masked secrets whole', () => {
  expect(changesBetween({ a: [1, 2], s: secret('1234') }, { a: [1], s: secret('5678') })).toEqual([
    { pointer: '/a', from: [1, 2], to: [1] },
    { pointer: '/s', from: secret('1234'), to: secret('5678') },
  ]);
});
