import { type DeliveryEnvelope, deliveryIdOf, type Routing } from '@hookstile/contracts';
import type { OutgoingRecord } from '@hookstile/messaging';
import { deliveryRecord } from '../publishes/deliveries.publisher.js';
import { routingRecord } from '../publishes/routings.publisher.js';
import type { Fate } from './fate.js';
import type { SourceRecord } from './source-record.js';

/** Deliveries that a routing lists: with more it would outgrow a record. Audit sees the others in `deliveries` itself. */
export const LISTED_MAX_COUNT = 5_000;

export interface EmissionTopics {
  deliveries: string;
  routings: string;
  partitionCount: number;
}

/** A record and what became of it, under the span that routed it. */
export interface Routed {
  source: SourceRecord;
  fate: Fate;
  traceparent: string;
  routedAt: string;
}

function* deliveriesOf(routed: Routed, topics: EmissionTopics): Generator<[DeliveryEnvelope, OutgoingRecord]> {
  const { source, fate, traceparent, routedAt } = routed;
  if (fate.outcome !== 'routed') return;
  const { event } = fate;
  for (const { id: integrationId, version: integrationVersion } of fate.integrations) {
    const envelope: DeliveryEnvelope = {
      deliveryId: deliveryIdOf(event.tenantId, event.source, event.id, integrationId),
      integrationId,
      integrationVersion,
      event,
      trigger: 'event',
      sourcePartition: source.partition,
      sourceOffset: source.offset,
      routedAt,
      traceparent,
    };
    const delivery = { envelope, bytes: fate.data };
    yield [envelope, deliveryRecord(topics.deliveries, topics.partitionCount, delivery)];
  }
}

function detailOf(fate: Fate): string | null {
  if (fate.outcome === 'rejected' || fate.outcome === 'filtered') return fate.detail;
  if (fate.outcome !== 'routed' || fate.integrations.length <= LISTED_MAX_COUNT) return null;
  return `${LISTED_MAX_COUNT} of ${fate.integrations.length} deliveries are listed.`;
}

/** The records of one source record: its deliveries by integration id, then its routing, which names them all. */
export function* emissionOf(routed: Routed, topics: EmissionTopics): Generator<OutgoingRecord> {
  const { source, fate, traceparent, routedAt } = routed;
  const deliveries: Routing['deliveries'] = [];
  for (const [{ deliveryId, integrationId }, record] of deliveriesOf(routed, topics)) {
    if (deliveries.length < LISTED_MAX_COUNT) deliveries.push({ deliveryId, integrationId });
    yield record;
  }
  yield routingRecord(topics.routings, topics.partitionCount, {
    sourcePartition: source.partition,
    sourceOffset: source.offset,
    via: source.via,
    routedAt,
    acceptedAt: source.acceptedAt,
    event: fate.event,
    tenantId: source.tenantId,
    outcome: fate.outcome,
    reason: fate.outcome === 'rejected' ? fate.code : null,
    detail: detailOf(fate),
    deliveries,
    traceparent,
  });
}
