import { Count, Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { DELIVERY_STATUSES } from '../project/rows.js';
import { toIso, toNullableIso } from '../read/times.js';
import type { DeliveryLine } from './delivery.store.js';

export const DeliveryItem = Type.Object({
  id: Type.String(),
  integrationId: Type.String(),
  eventId: Type.String(),
  eventSource: Type.String(),
  eventType: Type.String(),
  status: Type.Enum([...DELIVERY_STATUSES]),
  reason: Nullable(Type.String({ description: 'Why it is not delivered: a code.' })),
  attemptCount: Count,
  nextAttemptAt: Nullable(Time),
  createdAt: Time,
  finishedAt: Nullable(Time),
});
export type DeliveryItem = Static<typeof DeliveryItem>;

/** A delivery as the public surface shows it; it counts as created when its event was accepted. */
export function deliveryItem(line: DeliveryLine): DeliveryItem {
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
