import type { Measurement, Metrics } from '@hookstile/service-runtime';

export interface PartitionMetrics {
  created(table: string): void;
  dropped(table: string): void;
  failed(table: string): void;
  /** Returns what ends the observation. */
  observe(defaultRows: () => readonly Measurement[], daysAhead: () => readonly Measurement[]): () => void;
}

/** Every metric of the day partitions. */
export function partitionMetrics(metrics: Pick<Metrics, 'counter' | 'gauge'>): PartitionMetrics {
  const unit = '{partition}';
  const created = metrics.counter('audit.partitions_created', { description: 'Day partitions that were made.', unit });
  const dropped = metrics.counter('audit.partitions_dropped', {
    description: 'Day partitions that retention dropped.',
    unit,
  });
  const failures = metrics.counter('audit.partition_failures', {
    description: "Runs that could not keep a table's partitions and are tried again.",
    unit: '{run}',
  });
  return {
    created: (table) => created.add(1, { table }),
    dropped: (table) => dropped.add(1, { table }),
    failed: (table) => failures.add(1, { table }),
    observe: (defaultRows, daysAhead) => {
      const ends = [
        metrics.gauge(
          'audit.default_partition_rows',
          { description: 'Rows of days without a partition, counted to a million.', unit: '{row}' },
          defaultRows,
        ),
        metrics.gauge(
          'audit.partition_days_ahead',
          { description: 'Days from today that have a partition.', unit: 'd' },
          daysAhead,
        ),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
