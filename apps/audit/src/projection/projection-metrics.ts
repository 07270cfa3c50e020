import type { Metrics } from '@hookstile/service-runtime';
import type { ProjectionRows } from '../project/projection-rows.js';

const MILLISECONDS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 60_000];

export interface ProjectionMetrics {
  flushed(rows: ProjectionRows, flushMs: number, lagMs: number): void;
  flushFailed(): void;
  partitionStopped(topic: string): void;
}

/** Every metric of the projections. */
export function projectionMetrics(metrics: Pick<Metrics, 'counter' | 'histogram'>): ProjectionMetrics {
  const written = metrics.counter('audit.rows_written', { description: 'Rows handed to Postgres.', unit: '{row}' });
  const failures = metrics.counter('audit.flush_failures', { description: 'Flushes that failed.', unit: '{flush}' });
  const stopped = metrics.counter('audit.unknown_versions', {
    description: 'Batches stopped by a record of a newer contract version.',
    unit: '{batch}',
  });
  const flushTime = metrics.histogram('audit.flush_time', {
    description: 'Time of a flush, decoding and commit included.',
    unit: 'ms',
    boundaries: MILLISECONDS,
  });
  const lag = metrics.histogram('audit.view_lag', {
    description: 'Age of the oldest record of a flush when it became visible.',
    unit: 'ms',
    boundaries: MILLISECONDS,
  });
  return {
    flushed: (rows, flushMs, lagMs) => {
      for (const [view, count] of countsOf(rows)) if (count > 0) written.add(count, { view });
      flushTime.record(flushMs);
      lag.record(lagMs);
    },
    flushFailed: () => failures.add(1),
    partitionStopped: (topic) => stopped.add(1, { topic }),
  };
}

function countsOf(rows: ProjectionRows): [view: string, count: number][] {
  return [
    ['events', rows.events.size],
    ['deliveries', rows.deliveries.size],
    ['event-log', rows.attempts.size],
    ['audit-log', rows.auditLog.size],
    ['activity-log', rows.activityLog.size],
    ['integration-signals', rows.signals.size],
    ['unreadable-records', rows.unreadable.size],
  ];
}
