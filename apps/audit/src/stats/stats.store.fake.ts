import type { AttemptRow, DeliveryRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { latencyBucket } from './latency-histogram.js';
import { BUCKET_MS } from './stats.bounds.js';
import type { BucketCounts, CountedStats, StatsQuery, StatsStore } from './stats.store.js';
import { errorKind, latencyKind, statusKind, type Tallies } from './tally-kind.js';

const isOpen = (row: DeliveryRow) => row.status === 'pending' || row.status === 'held';

interface Counted extends Omit<BucketCounts, keyof Tallies> {
  tallies: Map<number, number>;
}

/** Counts the rows at each read: what the stored counts have to equal. */
export class FakeStatsStore implements StatsStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async read(tenantId: string, query: StatsQuery): Promise<CountedStats> {
    const isMeant = (row: AttemptRow | DeliveryRow) =>
      row.tenantId === tenantId && (query.integrationId === null || row.integrationId === query.integrationId);
    const deliveries = [...this.projections.rows.deliveries.values()].filter(isMeant);
    const attempts = [...this.projections.rows.attempts.values()].filter(isMeant);
    const open = deliveries.filter(isOpen);
    const after = (ms: number | null) => ms !== null && ms >= query.toMs;
    return {
      buckets: bucketsOf(query, attempts, deliveries),
      openedAfter:
        deliveries.filter((row) => after(row.acceptedAtMs)).length -
        deliveries.filter((row) => after(row.finishedAtMs)).length,
      pending: open.filter((row) => row.status === 'pending').length,
      held: open.filter((row) => row.status === 'held').length,
      oldestAtMs: open.length > 0 ? Math.min(...open.map((row) => row.acceptedAtMs)) : null,
    };
  }

  /** Nothing is stored here but the rows. */
  async removeBefore(): Promise<number> {
    return 0;
  }
}

function bucketsOf(
  { bucket, fromMs, toMs }: StatsQuery,
  attempts: readonly AttemptRow[],
  deliveries: readonly DeliveryRow[],
): BucketCounts[] {
  const widthMs = BUCKET_MS[bucket];
  const buckets = new Map<number, Counted>();
  const at = (ms: number) => {
    const start = Math.floor(ms / widthMs) * widthMs;
    const counts = buckets.get(start) ?? {
      fromMs: start,
      succeeded: 0,
      failed: 0,
      opened: 0,
      ended: 0,
      tallies: new Map(),
    };
    buckets.set(start, counts);
    return counts;
  };
  for (const row of attempts) {
    if (row.late || row.trigger === 'test') continue;
    const counts = at(row.atMs);
    counts[row.outcome] += 1;
    for (const kind of kindsOf(row)) counts.tallies.set(kind, (counts.tallies.get(kind) ?? 0) + 1);
  }
  for (const row of deliveries) {
    at(row.acceptedAtMs).opened += 1;
    if (row.finishedAtMs !== null) at(row.finishedAtMs).ended += 1;
  }
  const within = [...buckets.values()].filter((counts) => counts.fromMs >= fromMs && counts.fromMs < toMs);
  return within
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ tallies, ...counts }) => ({ ...counts, kinds: [...tallies.keys()], counts: [...tallies.values()] }));
}

function kindsOf(row: AttemptRow): number[] {
  return [
    ...(row.httpStatus === null ? [] : [statusKind(row.httpStatus)]),
    ...(row.error === null ? [] : [errorKind(row.error)]),
    latencyKind(latencyBucket(row.durationMs)),
  ];
}
