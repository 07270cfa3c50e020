import { describe, expect, it } from 'vitest';
import { chanceOf, SeededRandom } from './seeded-random.ts';

const drawn = (seed: number) => {
  const random = new SeededRandom(seed);
  return Array.from({ length: 200 }, () => random.whole(1, 6));
};

describe('seeded randomness', () => {
  it('repeats itself for the same seed and not for another', () => {
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
  });

  it('reaches both ends of a range and nothing beyond', () => {
    expect([...new Set(drawn(1))].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('gives each question its own answer, whenever it is asked', () => {
    const first = chanceOf(1, 'flaky', 3);
    expect(chanceOf(1, 'flaky', 4)).not.toBe(first);
    expect(chanceOf(1, 'flaky', 3)).toBe(first);
  });
});
