import { type DomainEventRecord, domainEventsV1, partitionOf } from '@hookstile/contracts';
import type { OutboxRecord } from '@hookstile/event-store';

/** The record of a fact in the topic `domain-events`; all of one aggregate stand in one partition, in order. */
export function domainEventOutboxRecord(event: DomainEventRecord, partitionCount: number): OutboxRecord {
  const key = `${event.aggregate}:${event.aggregateId}`;
  return {
    topic: 'domain-events',
    partition: partitionOf(key, partitionCount),
    ...domainEventsV1.encode(key, event),
  };
}
