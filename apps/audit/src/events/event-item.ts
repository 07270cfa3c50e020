import { Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { DELIVERY_STATUSES, EVENT_OUTCOMES } from '../project/rows.js';
import { toIso } from '../read/times.js';
import type { EventFate } from './event.store.js';

export const EventItem = Type.Object({
  id: Nullable(Type.String({ description: 'Null where a rejected record held no readable event.' })),
  source: Nullable(Type.String()),
  type: Nullable(Type.String()),
  subject: Nullable(Type.String()),
  time: Nullable(Type.String({ description: 'As the producer gave it.' })),
  acceptedAt: Time,
  via: Type.Union([Type.Literal('http'), Type.Literal('kafka')]),
  outcome: Type.Enum([...EVENT_OUTCOMES]),
  reason: Nullable(Type.String({ description: 'Why it was rejected: a code.' })),
  detail: Nullable(Type.String()),
  traceId: Nullable(Type.String()),
  deliveries: Type.Array(
    Type.Object({ id: Type.String(), integrationId: Type.String(), status: Type.Enum([...DELIVERY_STATUSES]) }),
  ),
});
export type EventItem = Static<typeof EventItem>;

export function eventItem(fate: EventFate): EventItem {
  return {
    id: fate.eventId === '' ? null : fate.eventId,
    source: fate.source,
    type: fate.type,
    subject: fate.subject,
    time: fate.time,
    acceptedAt: toIso(fate.acceptedAtMs),
    via: fate.via,
    outcome: fate.outcome,
    reason: fate.reason,
    detail: fate.detail,
    traceId: fate.traceId,
    deliveries: fate.deliveries.map(({ deliveryId: id, integrationId, status }) => ({ id, integrationId, status })),
  };
}
