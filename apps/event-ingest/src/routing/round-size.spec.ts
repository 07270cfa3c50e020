import { expect, test } from 'vitest';
import { ROUND_MIN_RECORDS, ROUND_WRITES_WANTED, RoundSize } from './round-size.js';

test('what many integrations want makes the next round as much smaller', () => {
  const size = new RoundSize();
  expect(size.maxRecords).toBe(ROUND_WRITES_WANTED);
  size.wrote(300, 1_500);
  expect(size.maxRecords).toBe(ROUND_WRITES_WANTED / 5);
  size.wrote(1, 10_000);
  expect(size.maxRecords).toBe(ROUND_MIN_RECORDS);
});

test('grows again with rounds that write little, one after the other', () => {
  const size = new RoundSize();
  size.wrote(100, 1_000);
  const sizes = Array.from({ length: 60 }, () => {
    size.wrote(100, 100);
    return size.maxRecords;
  });
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(sizes[0]).toBeLessThan(ROUND_WRITES_WANTED / 8);
  expect(sizes.at(-1)).toBeGreaterThan(ROUND_WRITES_WANTED * 0.9);
});
