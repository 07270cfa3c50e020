import { PayloadMask } from '@hookstile/service-runtime';
import { fixedClock } from '@hookstile/testing';
import pino from 'pino';
import type { ProjectionStore } from './projection.store.js';
import type { ProjectionMetrics } from './projection-metrics.js';
import { Projector, type ProjectorOptions } from './projector.js';

const SILENT = { flushed: () => undefined, flushFailed: () => undefined, partitionStopped: () => undefined };

/** A projector that tries again at once, and whose journal leads for as long as no test takes. */
export function projectorOver(
  store: ProjectionStore,
  options: Pick<ProjectorOptions, 'lingerMs' | 'batchFullRecords'>,
  metrics: ProjectionMetrics = SILENT,
): Projector {
  return new Projector(store, fixedClock(), pino({ level: 'silent' }), metrics, {
    journalLeadMaxMs: 60_000,
    journalLeadRestMs: 60_000,
    journaledKept: 3,
    retryDelayMs: 1,
    retryDelayMaxMs: 2,
    mask: new PayloadMask([]),
    ...options,
  });
}
