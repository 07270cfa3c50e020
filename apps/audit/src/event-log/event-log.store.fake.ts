import type { AttemptRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { isBehind, newestFirst, type PageRequest } from '../read/list-page.js';
import type { EventLogFilters, EventLogLine, EventLogStore } from './event-log.store.js';

const positionOf = (row: AttemptRow) => ({ atMs: row.atMs, key: row.attemptId });

export class FakeEventLogStore implements EventLogStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async list(tenantId: string, filters: EventLogFilters, page: PageRequest): Promise<EventLogLine[]> {
    const ofEvent =
      filters.eventId === undefined ? null : this.projections.deliveriesOfEvent(tenantId, filters.eventId);
    return [...this.projections.rows.attempts.values()]
      .filter((row) => row.tenantId === tenantId && matches(row, filters))
      .filter((row) => !ofEvent || (row.deliveryIds ?? [row.deliveryId]).some((id) => ofEvent.has(id)))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1)
      .map(({ requestBody, responseBody, ...line }) => line);
  }

  async get(tenantId: string, attemptId: string): Promise<AttemptRow | null> {
    const rows = [...this.projections.rows.attempts.values()];
    return rows.find((row) => row.attemptId === attemptId && row.tenantId === tenantId) ?? null;
  }
}

function matches(row: AttemptRow, filters: EventLogFilters): boolean {
  const { since, until, q, deliveryId, eventType, eventId: _, ...equal } = filters;
  if (Object.entries(equal).some(([name, value]) => row[name as keyof AttemptRow] !== value)) return false;
  if (deliveryId !== undefined && !(row.deliveryIds ?? [row.deliveryId]).includes(deliveryId)) return false;
  if (eventType !== undefined && !(row.eventTypes ?? [row.eventType]).includes(eventType)) return false;
  if (since !== undefined && row.atMs < since) return false;
  if (until !== undefined && row.atMs >= until) return false;
  return q === undefined || searched(row).toLowerCase().includes(q.toLowerCase());
}

function searched(row: AttemptRow): string {
  const { attemptId, integrationId, deliveryId, eventId, eventType, error, errorDetail, traceId } = row;
  const deliveries = [integrationId, deliveryId, ...(row.deliveryIds ?? [])];
  const events = [eventId, eventType, ...(row.eventIds ?? []), ...(row.eventTypes ?? [])];
  return [attemptId, ...deliveries, ...events, error, errorDetail, traceId].filter((text) => text !== null).join(' ');
}
