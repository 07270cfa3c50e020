import { type Counter, type Histogram, metrics } from '@hookstile/service-runtime';

export const EVENT_METRICS = Symbol('IngestMetrics');

/** Every instrument of event-ingest. */
export interface IngestMetrics {
  accepted: Counter;
  refused: Counter;
  routings: Counter;
  deliveries: Counter;
  redeliveries: Counter;
  rebalances: Counter;
  roundFailures: Counter;
  barrierMs: Histogram;
  roundMs: Histogram;
  roundRecords: Histogram;
}

const DURATION_BOUNDARIES_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 5_000];
const SIZE_BOUNDARIES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

export function ingestMetrics(): IngestMetrics {
  const duration = { unit: 'ms', boundaries: DURATION_BOUNDARIES_MS };
  return {
    accepted: metrics.counter('events.accepted', { description: 'Events answered 202.', unit: '{event}' }),
    refused: metrics.counter('events.refused', { description: 'Events answered 4xx, or refused in a batch.' }),
    routings: metrics.counter('events.routed', { description: 'Records of `events` by their outcome.' }),
    deliveries: metrics.counter('deliveries.routed', { description: 'Deliveries written.', unit: '{delivery}' }),
    redeliveries: metrics.counter('redeliveries.routed', {
      description: 'Records of `redeliveries` by their outcome.',
      unit: '{redelivery}',
    }),
    rebalances: metrics.counter('router.rebalances', {
      description: 'Assignments of partitions by the group.',
      unit: '{rebalance}',
    }),
    roundFailures: metrics.counter('router.round.failures', {
      description: 'Rounds that failed and are tried again.',
      unit: '{round}',
    }),
    barrierMs: metrics.histogram('router.barrier', { description: 'Wait for the newest configuration.', ...duration }),
    roundMs: metrics.histogram('router.round', {
      description: 'One round, from its records to their acks.',
      ...duration,
    }),
    roundRecords: metrics.histogram('router.round.records', {
      description: 'Records of one round.',
      boundaries: SIZE_BOUNDARIES,
    }),
  };
}
