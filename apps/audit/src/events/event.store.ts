import type { DeliveryStatus, EventOutcome, EventRow } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';

export interface EventFilters {
  eventId?: string;
  source?: string;
  outcome?: EventOutcome;
}

export interface EventFate extends Omit<EventRow, 'deliveryIds' | 'integrationIds'> {
  deliveries: { deliveryId: string; integrationId: string; status: DeliveryStatus }[];
}

/** What was accepted and what became of it, by `acceptedAt` and `eventListKey`. */
export interface EventStore {
  list(tenantId: string, filters: EventFilters, page: PageRequest): Promise<ListedRows<EventFate>>;
}

/** The same event may have several rows (its duplicates); where each stood in `events` tells them apart. */
export function eventListKey(row: { eventId: string; sourcePartition: number; sourceOffset: number }): string {
  return `${row.eventId} ${row.sourcePartition}:${row.sourceOffset}`;
}
