import type { AttemptRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { isBehind, type ListedRows, newestFirst, type PageRequest } from '../read/list-page.js';
import type { EventLogFilters, EventLogLine, EventLogStore } from './event-log.store.js';
import { isShown } from './event-log-filter.js';

const positionOf = (row: AttemptRow) => ({ atMs: row.atMs, key: row.attemptId });

export class FakeEventLogStore implements EventLogStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async list(tenantId: string, filters: EventLogFilters, page: PageRequest): Promise<ListedRows<EventLogLine>> {
    const { eventId, ...others } = filters;
    const ofEvent = eventId === undefined ? null : this.projections.deliveriesOfEvent(tenantId, eventId);
    const rows = [...this.projections.rows.attempts.values()]
      .filter((row) => row.tenantId === tenantId && isShown(row, others))
      .filter((row) => !ofEvent || (row.deliveryIds ?? [row.deliveryId]).some((id) => ofEvent.has(id)))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1)
      .map(({ requestBody, responseBody, ...line }) => line);
    return { rows, stoppedAt: null };
  }

  async get(tenantId: string, attemptId: string): Promise<AttemptRow | null> {
    const rows = [...this.projections.rows.attempts.values()];
    return rows.find((row) => row.attemptId === attemptId && row.tenantId === tenantId) ?? null;
  }
}
