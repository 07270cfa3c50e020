import { type Delivery, deliveriesV1, partitionOf } from '@hookstile/contracts';
import type { OutgoingRecord } from '@hookstile/messaging';

/** A record of `deliveries`: its key is the integration, so that an integration's order is a partition's. */
export function deliveryRecord(topic: string, partitionCount: number, delivery: Delivery): OutgoingRecord {
  const { integrationId } = delivery.envelope;
  const encoded = deliveriesV1.encode(integrationId, delivery);
  return {
    topic,
    partition: partitionOf(integrationId, partitionCount),
    key: encoded.key,
    headers: encoded.headers,
    value: encoded.value,
  };
}
