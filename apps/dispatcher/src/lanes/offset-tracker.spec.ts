import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffsetTracker } from './offset-tracker.js';

const HISTORIES = 10_000;
const HISTORIES_TIMEOUT_MS = 60_000;

/** The naive model: every offset with its state, searched anew each time. */
class NaiveTracker {
  readonly offsets = new Map<number, boolean>();
  constructor(private readonly from: number) {}

  get nextOffset(): number {
    return Math.max(this.from, ...[...this.offsets.keys()].map((offset) => offset + 1));
  }

  get lowWater(): number {
    const open = [...this.offsets].filter(([, done]) => !done).map(([offset]) => offset);
    return open.length > 0 ? Math.min(...open) : this.nextOffset;
  }
}

describe('an offset tracker', () => {
  it('agrees with the naive model on every sequence of offsets', { timeout: HISTORIES_TIMEOUT_MS }, () => {
    const step = fc.record({ done: fc.boolean(), pick: fc.nat(40), gap: fc.integer({ min: -3, max: 4 }) });
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(step, { maxLength: 200 }), (from, steps) => {
        const passed: number[] = [];
        const tracker = new OffsetTracker<null>(from, (_, offset) => passed.push(offset));
        const naive = new NaiveTracker(from);
        for (const { done, pick, gap } of steps) {
          const offset = done ? from + pick : naive.nextOffset + gap;
          if (done) {
            expect(tracker.done(offset)).toBe(naive.offsets.get(offset) === false);
            if (naive.offsets.has(offset)) naive.offsets.set(offset, true);
          } else {
            expect(tracker.track(offset, null)).toBe(gap >= 0);
            if (gap >= 0) naive.offsets.set(offset, false);
          }
          expect([tracker.lowWater, tracker.nextOffset]).toEqual([naive.lowWater, naive.nextOffset]);
          const below = [...naive.offsets.keys()].filter((tracked) => tracked < naive.lowWater);
          expect(passed).toEqual(below);
        }
      }),
      { numRuns: HISTORIES },
    );
  });

  it('keeps finding its offsets after many have passed', () => {
    const tracker = new OffsetTracker<number>(0, () => undefined);
    for (let offset = 0; offset < 10_000; offset += 1) {
      tracker.track(offset, offset);
      if (offset >= 5) tracker.done(offset - 5);
    }
    expect([tracker.lowWater, tracker.size, tracker.noteOf(9_997)]).toEqual([9_995, 5, 9_997]);
  });
});
