import { expect, test } from 'vitest';
import { retryAfterMsOf } from './retry-after.js';

const NOW_MS = Date.parse('2026-01-02T03:04:05Z');

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
  ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['99999999999999', null],
  ['', null],
  [undefined, null],
])('reads %o as %o', (value, expected) => {
  expect(retryAfterMsOf(value, NOW_MS)).toBe(expected);
});
