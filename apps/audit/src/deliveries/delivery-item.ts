import { toIso, toNullableIso } from '../read/sql-list.js';
import type { DeliveryLine } from './delivery.store.js';

/** A delivery as the public surface shows it; it counts as created when its event was accepted. */
export function deliveryItem(line: DeliveryLine) {
  return {
    id: line.deliveryId,
    integrationId: line.integrationId,
    eventId: line.eventId,
    eventSource: line.eventSource,
    eventType: line.eventType,
    status: line.status,
    reason: line.reason,
    attemptCount: line.attemptCount,
    nextAttemptAt: toNullableIso(line.nextAttemptAtMs),
    createdAt: toIso(line.acceptedAtMs),
    finishedAt: toNullableIso(line.finishedAtMs),
  };
}
