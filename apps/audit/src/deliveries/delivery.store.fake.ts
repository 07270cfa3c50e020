import type { DeliveryRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { isBehind, type ListedRows, newestFirst, type PageRequest } from '../read/list-page.js';
import type { DeliveryFilters, DeliveryLine, DeliveryStore } from './delivery.store.js';

const positionOf = (row: DeliveryRow) => ({ atMs: row.acceptedAtMs, key: row.deliveryId });

export class FakeDeliveryStore implements DeliveryStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async list(tenantId: string, filters: DeliveryFilters, page: PageRequest): Promise<ListedRows<DeliveryLine>> {
    const ofEvent =
      filters.eventId === undefined ? null : this.projections.deliveriesOfEvent(tenantId, filters.eventId);
    const rows = [...this.projections.rows.deliveries.values()]
      .filter((row) => row.tenantId === tenantId && matches(row, filters))
      .filter((row) => !ofEvent || ofEvent.has(row.deliveryId))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1)
      .map((row) => this.#lineOf(row));
    return { rows, stoppedAt: null };
  }

  async get(tenantId: string, deliveryId: string): Promise<DeliveryLine | null> {
    const row = this.projections.newestDelivery(deliveryId);
    return row?.tenantId === tenantId ? this.#lineOf(row) : null;
  }

  async find(tenantId: string, deliveryId: string): Promise<DeliveryRow | null> {
    const row = this.projections.newestDelivery(deliveryId);
    return row?.tenantId === tenantId ? row : null;
  }

  #lineOf({ deliveryOffset, epoch, sequence, firstOffset, ...line }: DeliveryRow): DeliveryLine {
    const attempts = [...this.projections.rows.attempts.values()]
      .filter(({ tenantId, late }) => tenantId === line.tenantId && !late)
      .filter(({ deliveryId, deliveryIds }) => (deliveryIds ?? [deliveryId]).includes(line.deliveryId));
    return { ...line, attemptCount: attempts.length };
  }
}

function matches(row: DeliveryRow, { since, until, eventId: _, ...equal }: DeliveryFilters): boolean {
  if (Object.entries(equal).some(([name, value]) => row[name as keyof DeliveryRow] !== value)) return false;
  return (since === undefined || row.acceptedAtMs >= since) && (until === undefined || row.acceptedAtMs < until);
}
