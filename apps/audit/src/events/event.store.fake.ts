import { deliveryKey } from '../project/delivery-row.js';
import type { EventRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { isBehind, type ListedRows, newestFirst, type PageRequest } from '../read/list-page.js';
import { type EventFate, type EventFilters, type EventStore, eventListKey } from './event.store.js';

const positionOf = (row: EventRow) => ({ atMs: row.acceptedAtMs, key: eventListKey(row) });

export class FakeEventStore implements EventStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async list(tenantId: string, filters: EventFilters, page: PageRequest): Promise<ListedRows<EventFate>> {
    const rows = [...this.projections.rows.events.values()]
      .filter((row) => row.tenantId === tenantId)
      .filter((row) => Object.entries(filters).every(([name, value]) => row[name as keyof EventRow] === value))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1)
      .map((row) => this.#fateOf(row));
    return { rows, stoppedAt: null };
  }

  #fateOf({ deliveryIds, integrationIds, ...row }: EventRow): EventFate {
    const { acceptedAtMs } = row;
    const statusOf = (deliveryId: string) => {
      const delivery = this.projections.rows.deliveries.get(deliveryKey({ deliveryId, acceptedAtMs }));
      return delivery?.tenantId === row.tenantId ? delivery.status : ('pending' as const);
    };
    const deliveries = deliveryIds.map((deliveryId, index) => ({
      deliveryId,
      integrationId: integrationIds[index] ?? '',
      status: statusOf(deliveryId),
    }));
    return { ...row, deliveries };
  }
}
