import type { Metrics } from '@hookstile/service-runtime';
import type { ExportEnd } from './export-stream.js';

export interface ExportMetrics {
  /** Returns what ends the observation. */
  observe(exports: () => number): () => void;
  ended(end: ExportEnd, rows: number): void;
}

/** Every metric of exports. */
export function exportMetrics(metrics: Pick<Metrics, 'counter' | 'gauge'>): ExportMetrics {
  const ended = metrics.counter('audit.exports_ended', {
    description: 'Exports, by how they ended.',
    unit: '{export}',
  });
  const rows = metrics.counter('audit.export_rows', {
    description: 'Rows of lists that were exported.',
    unit: '{row}',
  });
  return {
    observe: (exports) =>
      metrics.gauge('audit.exports', { description: 'Exports under way.', unit: '{export}' }, exports),
    ended: (end, exported) => {
      ended.add(1, { end });
      rows.add(exported);
    },
  };
}
