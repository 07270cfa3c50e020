import type { ViewReader } from './view-reader.js';
import { VIEWS } from './view-tables.js';

const STATEMENT = VIEWS.sql`select distinct unnest(delivery_ids) as id from ${VIEWS.rows('events')} where event_id = $2`;

/**
 * The ids of an event's deliveries. An index on the event id of each delivery and attempt would cost more than all lists
 * by it; the event's own row knows its deliveries.
 */
export async function deliveriesOfEvent(views: ViewReader, tenantId: string, eventId: string): Promise<string[]> {
  const found = await views.readPrepared<{ id: string }>(tenantId, 'deliveries-of-event', STATEMENT, [eventId]);
  return found.map(({ id }) => id);
}
