import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LATENCY_ERROR,
  LATENCY_MAX_MS,
  LATENCY_MIN_MS,
  latencyBucket,
  latencyOf,
  percentiles,
} from './latency-histogram.js';

const latency = fc.double({ min: LATENCY_MIN_MS, max: LATENCY_MAX_MS, noNaN: true });
const SHARES = [0.5, 0.95, 0.99];
/** What the arithmetic of doubles adds. */
const ROUNDING = 1e-9;

function counted(latencies: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const one of latencies) counts.set(latencyBucket(one), (counts.get(latencyBucket(one)) ?? 0) + 1);
  return counts;
}

function added(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): Map<number, number> {
  const sum = new Map(a);
  for (const [bucket, count] of b) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
}

function exactPercentile(latencies: readonly number[], share: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

describe('the histogram of latencies', () => {
  it('gives percentiles within the stated error of the exact ones, whatever the latencies are', () => {
    const property = fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (latencies) => {
      percentiles([...counted(latencies)], SHARES).forEach((found, n) => {
        const exact = exactPercentile(latencies, SHARES[n] ?? Number.NaN);
        expect(Math.abs((found ?? Number.NaN) - exact) / exact).toBeLessThanOrEqual(LATENCY_ERROR + ROUNDING);
      });
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('adds up: the counts of two spans together are those of all their latencies', () => {
    const property = fc.property(fc.array(latency), fc.array(latency), (one, other) => {
      expect(added(counted(one), counted(other))).toEqual(counted([...one, ...other]));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it.each([
    [0, LATENCY_MIN_MS],
    [LATENCY_MIN_MS, LATENCY_MIN_MS],
    [Number.POSITIVE_INFINITY, latencyOf(latencyBucket(LATENCY_MAX_MS))],
  ])('counts a latency of %d ms as %d ms', (durationMs, counts) => {
    expect(latencyOf(latencyBucket(durationMs))).toBe(counts);
  });

  it('has no percentile without latencies', () => {
    expect(percentiles([], SHARES)).toEqual([null, null, null]);
  });
});
