import type { DeliveryStatus, EventRow } from '../project/rows.js';
import type { PageRequest } from '../read/list-page.js';
import { newestFirstSql, SqlConditions, toMs } from '../read/sql-list.js';
import type { ViewReader } from '../read/view-reader.js';
import type { EventFate, EventFilters, EventStore } from './event.store.js';

/** `eventListKey`, compared as bytes so that a cursor means the same here and there. */
const KEY = `(event_id || ' ' || source_partition || ':' || source_offset) collate "C"`;

interface Found {
  tenant_id: string;
  event_id: string;
  source_partition: number;
  source_offset: string;
  source: string | null;
  type: string | null;
  subject: string | null;
  event_time: string | null;
  accepted_at: Date;
  via: EventRow['via'];
  outcome: EventRow['outcome'];
  reason: string | null;
  detail: string | null;
  delivery_ids: string[];
  integration_ids: string[];
  trace_id: string | null;
}

interface FoundStatus {
  delivery_id: string;
  status: DeliveryStatus;
}

export class TypeormEventStore implements EventStore {
  constructor(private readonly views: ViewReader) {}

  async list(tenantId: string, filters: EventFilters, page: PageRequest): Promise<EventFate[]> {
    const conditions = conditionsOf(tenantId, filters).behind('accepted_at', KEY, page.after);
    const found = await this.views.query<Found>(
      `select * from events where ${conditions.where} ${newestFirstSql('accepted_at', KEY, page)}`,
      conditions.parameters,
    );
    const statuses = await this.#statusesOf(found.flatMap((row) => row.delivery_ids));
    return found.map((row) => fateOf(row, statuses));
  }

  async #statusesOf(deliveryIds: readonly string[]): Promise<ReadonlyMap<string, DeliveryStatus>> {
    if (deliveryIds.length === 0) return new Map();
    const found = await this.views.query<FoundStatus>(
      'select delivery_id, status from deliveries where delivery_id = any($1)',
      [deliveryIds],
    );
    return new Map(found.map((row) => [row.delivery_id, row.status]));
  }
}

function conditionsOf(tenantId: string, filters: EventFilters): SqlConditions {
  const rare = filters.outcome !== undefined && filters.outcome !== 'routed';
  return new SqlConditions(tenantId)
    .given('event_id = ?', filters.eventId)
    .given('source = ?', filters.source)
    .given(rare ? "outcome <> 'routed' and outcome = ?" : 'outcome = ?', filters.outcome);
}

function fateOf(row: Found, statuses: ReadonlyMap<string, DeliveryStatus>): EventFate {
  return {
    tenantId: row.tenant_id,
    eventId: row.event_id,
    sourcePartition: row.source_partition,
    sourceOffset: Number(row.source_offset),
    source: row.source,
    type: row.type,
    subject: row.subject,
    time: row.event_time,
    acceptedAtMs: toMs(row.accepted_at),
    via: row.via,
    outcome: row.outcome,
    reason: row.reason,
    detail: row.detail,
    traceId: row.trace_id,
    deliveries: row.delivery_ids.map((deliveryId, index) => ({
      deliveryId,
      integrationId: row.integration_ids[index] ?? '',
      status: statuses.get(deliveryId) ?? 'pending',
    })),
  };
}
