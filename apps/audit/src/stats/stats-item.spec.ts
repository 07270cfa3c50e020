import { describe, expect, it } from 'vitest';
import { latencyBucket } from './latency-histogram.js';
import type { BucketCounts, CountedStats, StatsQuery } from './stats.store.js';
import { statsOf } from './stats-item.js';
import { errorKind, latencyKind, statusKind } from './tally-kind.js';

const FROM_MS = Date.parse('2026-01-02T03:00:00.000Z');
const HOUR_MS = 3_600_000;
const QUERY: StatsQuery = { integrationId: null, bucket: 'hour', fromMs: FROM_MS, toMs: FROM_MS + 3 * HOUR_MS };
const NONE: CountedStats = { buckets: [], openedAfter: 0, pending: 0, held: 0, oldestAtMs: null };
const counts = (hour: number, given: Partial<BucketCounts>): BucketCounts => ({
  ...{ fromMs: FROM_MS + hour * HOUR_MS, succeeded: 0, failed: 0, opened: 0, ended: 0, kinds: [], counts: [] },
  ...given,
});

describe('statistics as they are shown', () => {
  it('list every bucket, oldest first, with zeros where nothing was counted', () => {
    const { items, backlog } = statsOf(QUERY, NONE);
    expect(items.map(({ from }) => from)).toEqual([
      '2026-01-02T03:00:00.000Z',
      '2026-01-02T04:00:00.000Z',
      '2026-01-02T05:00:00.000Z',
    ]);
    expect(items[2]).toEqual({
      ...{ from: '2026-01-02T05:00:00.000Z', to: '2026-01-02T06:00:00.000Z', attempts: 0, succeeded: 0, failed: 0 },
      ...{ latencyMs: { p50: null, p95: null, p99: null }, byStatus: {}, byError: {}, backlog: 0 },
    });
    expect(backlog).toEqual({ pending: 0, held: 0, oldestAt: null });
  });

  it('say how attempts ended, by status and by error, and how long they took', () => {
    const tallies: [kind: number, count: number][] = [
      [statusKind(200), 3],
      [errorKind('timeout'), 1],
      [latencyKind(latencyBucket(1_000)), 1],
      [statusKind(500), 1],
      [latencyKind(latencyBucket(10)), 4],
      [errorKind('http_status'), 1],
    ];
    const tallied = { kinds: tallies.map(([kind]) => kind), counts: tallies.map(([, count]) => count) };
    const { items } = statsOf(QUERY, { ...NONE, buckets: [counts(1, { succeeded: 3, failed: 2, ...tallied })] });
    expect(items[1]).toMatchObject({ attempts: 5, succeeded: 3, failed: 2 });
    expect(items[1]).toMatchObject({ byStatus: { 200: 3, 500: 1 }, byError: { http_status: 1, timeout: 1 } });
    const { p50, p95 } = items[1]?.latencyMs ?? {};
    expect(Math.abs((p50 ?? 0) / 10 - 1)).toBeLessThan(0.021);
    expect(Math.abs((p95 ?? 0) / 1_000 - 1)).toBeLessThan(0.021);
  });

  it('count the backlog back from what is open now', () => {
    const buckets = [counts(0, { opened: 5, ended: 1 }), counts(2, { opened: 1, ended: 4 })];
    const { items, backlog } = statsOf(QUERY, {
      ...{ buckets, openedAfter: -2, pending: 2, held: 1, oldestAtMs: FROM_MS },
    });
    // 3 are open now, 5 were before what came behind the last bucket, and 8 before what it counted itself.
    expect(items.map((item) => item.backlog)).toEqual([8, 8, 5]);
    expect(backlog).toEqual({ pending: 2, held: 1, oldestAt: '2026-01-02T03:00:00.000Z' });
  });
});
