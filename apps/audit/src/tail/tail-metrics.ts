import type { Metrics } from '@hookstile/service-runtime';

/** Why a stream was ended from here. */
export type CutReason = 'slow' | 'key' | 'failed' | 'restored';

export interface TailMetrics {
  /** Returns what ends the observation. */
  observe(streams: () => number): () => void;
  ended(reason: CutReason): void;
}

/** Every metric of the live tail. */
export function tailMetrics(metrics: Pick<Metrics, 'counter' | 'gauge'>): TailMetrics {
  const ended = metrics.counter('audit.tail_ended', {
    description: 'Streams of the event log that were ended from here.',
    unit: '{stream}',
  });
  return {
    observe: (streams) =>
      metrics.gauge('audit.tail_streams', { description: 'Open streams of the event log.', unit: '{stream}' }, streams),
    ended: (reason) => ended.add(1, { reason }),
  };
}
