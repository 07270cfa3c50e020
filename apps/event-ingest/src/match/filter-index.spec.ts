import { expect, test } from 'vitest';
import { compileCondition } from './condition.js';
import { FilterIndex } from './filter-index.js';
import type { PointedValue } from './pointed-value.js';

const contains = (value: number, number: number) => ({
  conditions: [{ ...compileCondition({ pointer: '/data', op: 'contains', value }), number }],
  places: [number],
});

/** An array that tells how many of its elements were gone through. */
function countedArray(count: number) {
  const seen = { count: 0 };
  class Counted extends Set<string> {
    override *[Symbol.iterator](): SetIterator<string> {
      for (const key of super.values()) {
        seen.count += 1;
        yield key;
      }
    }
  }
  const keys = new Counted(Array.from({ length: count }, (_, n) => `${n}e9`));
  const known = compileCondition({ pointer: '/data', op: 'contains', value: 7 }).wanted?.keys[0] ?? '';
  keys.add(known);
  const value: PointedValue = { kind: 'array', elementKeys: () => keys };
  return { value, seen };
}

test('a few wanted elements are looked up in the array, however long it is', () => {
  const index = new FilterIndex([contains(7, 0), contains(8, 1)]);
  const { value, seen } = countedArray(1_000);
  const found: number[] = [];
  index.find({ at: () => value, holds: () => true }, found);
  expect(found).toEqual([0]);
  expect(seen.count).toBe(0);
});

test('an index that has no room for the keys of a filter asks it of each event', () => {
  const index = new FilterIndex([contains(7, 0), contains(8, 1)], 3);
  expect(index.size).toBe(3);
  const asked: number[] = [];
  const found: number[] = [];
  const { value } = countedArray(1);
  const holds = ({ number }: { number: number }) => asked.push(number) > 0;
  index.find({ at: () => value, holds }, found);
  expect([asked, found.sort()]).toEqual([[1], [0, 1]]);
});

test('finds the same where there are more keys to choose from than are counted', () => {
  const both = (value: number, number: number) => ({
    conditions: [
      ...contains(value, number).conditions,
      { ...compileCondition({ pointer: '/subject', op: 'eq', value }), number },
    ],
    places: [number],
  });
  const { value } = countedArray(3);
  for (const room of [2, 3, 4, 5, 100]) {
    const index = new FilterIndex([both(7, 0), both(8, 1)], room);
    const found: number[] = [];
    const subject = compileCondition({ pointer: '/subject', op: 'eq', value: 7 }).wanted?.keys[0] ?? '';
    const at = (pointer: string): PointedValue => (pointer === '/data' ? value : { kind: 'literal', key: subject });
    index.find({ at, holds: (condition) => condition.holds(at(condition.pointer)) }, found);
    expect(found).toEqual([0]);
    expect(index.size).toBeLessThanOrEqual(room);
  }
});
