import { type Routing, traceIdOf } from '@hookstile/contracts';
import { clipped } from './clipped.js';
import { instantMs } from './instant.js';
import type { EventRow } from './rows.js';

/**
 * What happened to one record of `events`. A rejected record's attributes may break every bound, so what is indexed of
 * them is clipped; accepted events are far below (id ≤ 255 characters).
 */
export function eventRow(routing: Routing): EventRow {
  const { event } = routing;
  return {
    tenantId: clipped(routing.tenantId ?? event?.tenantId ?? ''),
    eventId: clipped(event?.id ?? ''),
    sourcePartition: routing.sourcePartition,
    sourceOffset: routing.sourceOffset,
    source: event?.source ?? null,
    type: event?.type ?? null,
    subject: event?.subject ?? null,
    time: event?.time ?? null,
    acceptedAtMs: acceptedAtMs(routing),
    via: routing.via,
    outcome: routing.outcome,
    reason: routing.reason,
    detail: routing.detail,
    deliveryIds: routing.deliveries.map((delivery) => delivery.deliveryId),
    integrationIds: routing.deliveries.map((delivery) => delivery.integrationId),
    traceId: traceIdOf(routing.traceparent),
  };
}

/**
 * A former release's routing of an unreadable record does not say when it was accepted, only when it was routed: routed
 * twice, it is two rows.
 */
function acceptedAtMs({ event, acceptedAt, routedAt }: Routing): number {
  return instantMs(event?.acceptedAt ?? acceptedAt ?? routedAt);
}

/** The row's table is partitioned by the time, so that it is part of the key. */
export function eventKey(row: EventRow): string {
  return `${row.tenantId}\n${row.eventId}\n${row.sourcePartition}\n${row.sourceOffset}\n${row.acceptedAtMs}`;
}

/** Routed wins over all else: deliveries that were published stay true, whatever a replay under newer settings found. */
const OUTCOME_RANK = { filtered: 0, duplicate: 1, rejected: 2, routed: 3 } as const;

export function outcomeRank(outcome: EventRow['outcome']): number {
  return OUTCOME_RANK[outcome];
}

/**
 * Two routings of the same source record: a router that died between publishing and remembering routes it again,
 * perhaps under newer settings. Both sets of deliveries exist, so the row names their union; the order does not matter.
 */
export function mergedEventRow(known: EventRow, other: EventRow): EventRow {
  const better = outcomeRank(other.outcome) > outcomeRank(known.outcome) ? other : known;
  const integrationOf = new Map<string, string>();
  for (const row of [known, other]) {
    row.deliveryIds.forEach((id, index) => {
      integrationOf.set(id, row.integrationIds[index] ?? '');
    });
  }
  const deliveryIds = [...integrationOf.keys()].sort();
  return {
    ...better,
    deliveryIds,
    integrationIds: deliveryIds.map((id) => integrationOf.get(id) ?? ''),
  };
}
