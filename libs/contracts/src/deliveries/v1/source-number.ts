import type { DeliveryEnvelope } from './schema.js';

/**
 * The number under which readers of `deliveries` keep how far they know a source: a partition of `events` under its own,
 * one of `redeliveries` under a negative one, since offsets of the two topics say nothing about each other. Null for
 * what was written from no topic, a test.
 */
export function sourceNumberOf({
  trigger,
  sourcePartition,
}: Pick<DeliveryEnvelope, 'trigger' | 'sourcePartition'>): number | null {
  if (trigger === 'test') return null;
  return trigger === 'event' ? sourcePartition : -1 - sourcePartition;
}
