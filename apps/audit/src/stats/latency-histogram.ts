/**
 * Latencies are counted in buckets whose bounds grow by one factor, as in DDSketch (Masson, Rim, Lee, VLDB 2019): any
 * latency of a bucket is within `LATENCY_ERROR` of the value that stands for it, and counts of two spans of time add up.
 * Sparse: a bucket without latencies is not there.
 */
export const LATENCY_ERROR = 0.02;
const GROWTH = (1 + LATENCY_ERROR) / (1 - LATENCY_ERROR);
const LOG_GROWTH = Math.log(GROWTH);

/** What is shorter counts as this, what is longer as the other: no contract bounds a duration. */
export const LATENCY_MIN_MS = 0.1;
export const LATENCY_MAX_MS = 100_000_000;

/** How many latencies there were in which buckets, each bucket once. */
export type LatencyCounts = readonly (readonly [bucket: number, count: number])[];

/** 0 holds what is not above the minimum; each further one ends `GROWTH` times higher than the one before. */
export function latencyBucket(durationMs: number): number {
  const within = Math.min(Math.max(durationMs, LATENCY_MIN_MS), LATENCY_MAX_MS);
  return Math.ceil(Math.log(within / LATENCY_MIN_MS) / LOG_GROWTH);
}

/** `latencyBucket` as Postgres computes it. */
export function latencyBucketSql(durationMs: string): string {
  const within = `least(greatest(${durationMs}, ${LATENCY_MIN_MS}), ${LATENCY_MAX_MS})`;
  return `ceil(ln(${within} / ${LATENCY_MIN_MS}::float8) / ${LOG_GROWTH}::float8)::integer`;
}

/** Milliseconds that no latency of the bucket is further from than the error. */
export function latencyOf(bucket: number): number {
  return bucket === 0 ? LATENCY_MIN_MS : (LATENCY_MIN_MS * 2 * GROWTH ** bucket) / (GROWTH + 1);
}

/**
 * Nearest-rank percentiles in milliseconds: for each share, the smallest latency that so large a share is not above.
 * Null without any. `shares` rise.
 */
export function percentiles(counts: LatencyCounts, shares: readonly number[]): (number | null)[] {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  let index = -1;
  return shares.map((share) => {
    const rank = Math.ceil(total * share);
    while (seen < rank) {
      index += 1;
      seen += sorted[index]?.[1] ?? Number.POSITIVE_INFINITY;
    }
    const found = sorted[index];
    return found ? latencyOf(found[0]) : null;
  });
}
