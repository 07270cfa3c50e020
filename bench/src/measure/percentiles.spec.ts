import { expect, test } from 'vitest';
import { percentilesOf } from './percentiles.ts';

test('takes the nearest rank', () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentilesOf(values)).toEqual({ p50: 50, p90: 90, p95: 95, p99: 99, max: 100 });
});

test('is zero of nothing', () => {
  expect(percentilesOf(new Float64Array())).toEqual({ p50: 0, p90: 0, p95: 0, p99: 0, max: 0 });
});
