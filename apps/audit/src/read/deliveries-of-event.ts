import type { ViewReader } from './view-reader.js';

/**
 * The ids of an event's deliveries. An index on the event id of each delivery and attempt would cost more than all lists
 * by it; the event's own row knows its deliveries.
 */
export async function deliveriesOfEvent(views: ViewReader, tenantId: string, eventId: string): Promise<string[]> {
  const statement = 'select distinct unnest(delivery_ids) as id from events where tenant_id = $1 and event_id = $2';
  const found = await views.prepared<{ id: string }>('deliveries-of-event', statement, [tenantId, eventId]);
  return found.map(({ id }) => id);
}
