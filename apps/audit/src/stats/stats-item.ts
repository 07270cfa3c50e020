import { Count, Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { toIso, toNullableIso } from '../read/times.js';
import { type LatencyCounts, percentiles } from './latency-histogram.js';
import { BUCKET_MS } from './stats.bounds.js';
import type { BucketCounts, CountedStats, StatsQuery } from './stats.store.js';
import { sortedTallies } from './tally-kind.js';

const Latency = Nullable(
  Type.Number({ minimum: 0, description: 'Within 2 % of the exact one; null without attempts.' }),
);

export const StatsItem = Type.Object({
  from: Time,
  to: Time,
  attempts: Count,
  succeeded: Count,
  failed: Count,
  latencyMs: Type.Object({ p50: Latency, p95: Latency, p99: Latency }, { description: 'Of all its attempts.' }),
  byStatus: Type.Record(Type.String(), Count, { description: 'Attempts that were answered, by HTTP status.' }),
  byError: Type.Record(Type.String(), Count, { description: 'Failed attempts, by error.' }),
  backlog: Type.Integer({ description: 'Deliveries that were accepted before its end and had not ended by then.' }),
});
export type StatsItem = Static<typeof StatsItem>;

export const Stats = Type.Object({
  items: Type.Array(StatsItem, { description: 'Oldest first, one a bucket, those without attempts too.' }),
  backlog: Type.Object({ pending: Count, held: Count, oldestAt: Nullable(Time) }, { description: 'At present.' }),
});
export type Stats = Static<typeof Stats>;

const NOTHING: Omit<BucketCounts, 'fromMs'> = { succeeded: 0, failed: 0, opened: 0, ended: 0, kinds: [], counts: [] };
/** Digits of a latency: far finer than its error. */
const LATENCY_DIGITS = 5;

/** Statistics as the public surface shows them: every bucket that was asked for. */
export function statsOf({ bucket, fromMs, toMs }: StatsQuery, counted: CountedStats): Stats {
  const found = new Map(counted.buckets.map((one) => [one.fromMs, one]));
  const widthMs = BUCKET_MS[bucket];
  const items: StatsItem[] = [];
  // From the end, since it is known how many are open now.
  let backlog = counted.pending + counted.held - counted.openedAfter;
  for (let atMs = toMs - widthMs; atMs >= fromMs; atMs -= widthMs) {
    const counts = found.get(atMs) ?? { ...NOTHING, fromMs: atMs };
    items.push(itemOf(counts, atMs + widthMs, backlog));
    backlog -= counts.opened - counts.ended;
  }
  const { pending, held, oldestAtMs } = counted;
  return { items: items.reverse(), backlog: { pending, held, oldestAt: toNullableIso(oldestAtMs) } };
}

function itemOf(counted: BucketCounts, toMs: number, backlog: number): StatsItem {
  const { fromMs, succeeded, failed } = counted;
  const { byStatus, byError, latencies } = sortedTallies(counted);
  return {
    from: toIso(fromMs),
    to: toIso(toMs),
    attempts: succeeded + failed,
    succeeded,
    failed,
    latencyMs: latencyMs(latencies),
    byStatus,
    byError,
    backlog,
  };
}

function latencyMs(latencies: LatencyCounts): StatsItem['latencyMs'] {
  const found = percentiles(latencies, [0.5, 0.95, 0.99]);
  const [p50 = null, p95 = null, p99 = null] = found.map((ms) => ms && Number(ms.toPrecision(LATENCY_DIGITS)));
  return { p50, p95, p99 };
}
