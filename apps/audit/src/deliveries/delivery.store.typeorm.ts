import type { DeliveryRow, DeliveryStatus } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';
import { DELIVERIES_OF_EVENT, newestFirstSql, SqlConditions, toMs, toNullableMs } from '../read/sql-list.js';
import type { ViewReader } from '../read/view-reader.js';
import type { DeliveryFilters, DeliveryLine, DeliveryStore } from './delivery.store.js';

const ROW_COLUMNS = `delivery_id, tenant_id, integration_id, event_id, event_source, event_type, accepted_at, status,
  reason, next_attempt_at, finished_at`;

/** Probes each partition for the id; several have it only where an event came again after the inbox had forgotten it. */
const NAMED = 'where delivery_id = $1 and tenant_id = $2 order by accepted_at desc limit 1';

/**
 * Counted at the read, so that it equals the rows of the event log after any crash and replay. The index of batched
 * attempts has the database's own collation; in that of the ids' column it would be read from end to end.
 */
const COLUMNS = `${ROW_COLUMNS}, (
    select count(*)::integer from attempts where not attempts.late and
      (attempts.delivery_id = deliveries.delivery_id
        or attempts.delivery_ids @> array[deliveries.delivery_id collate "default"])
  ) as attempt_count`;

interface FoundRow {
  delivery_id: string;
  tenant_id: string;
  integration_id: string;
  event_id: string;
  event_source: string;
  event_type: string;
  accepted_at: Date;
  status: DeliveryStatus;
  reason: string | null;
  next_attempt_at: Date | null;
  finished_at: Date | null;
}

type Found = FoundRow & { attempt_count: number };
type FoundPosition = Record<'delivery_offset' | 'epoch' | 'sequence', string>;

export class TypeormDeliveryStore implements DeliveryStore {
  constructor(private readonly views: ViewReader) {}

  async list(tenantId: string, filters: DeliveryFilters, page: PageRequest): Promise<ListedRows<DeliveryLine>> {
    const conditions = conditionsOf(tenantId, filters).behind('accepted_at', 'delivery_id', page.after);
    const found = await this.views.query<Found>(
      `select ${COLUMNS} from deliveries where ${conditions.where}
       ${newestFirstSql('accepted_at', 'delivery_id', page)}`,
      conditions.parameters,
    );
    return { rows: found.map(lineOf), stoppedAt: null };
  }

  async get(tenantId: string, deliveryId: string): Promise<DeliveryLine | null> {
    const [found] = await this.views.query<Found>(`select ${COLUMNS} from deliveries ${NAMED}`, [deliveryId, tenantId]);
    return found ? lineOf(found) : null;
  }

  async find(tenantId: string, deliveryId: string): Promise<DeliveryRow | null> {
    const [found] = await this.views.query<FoundRow & FoundPosition>(
      `select ${ROW_COLUMNS}, delivery_offset, epoch, sequence from deliveries ${NAMED}`,
      [deliveryId, tenantId],
    );
    if (!found) return null;
    const { delivery_offset: deliveryOffset, epoch, sequence } = found;
    return {
      ...statementOf(found),
      deliveryOffset: Number(deliveryOffset),
      epoch: Number(epoch),
      sequence: Number(sequence),
    };
  }
}

function conditionsOf(tenantId: string, filters: DeliveryFilters): SqlConditions {
  const conditions = new SqlConditions(tenantId)
    .given('integration_id = ?', filters.integrationId)
    .given(`delivery_id = any (${DELIVERIES_OF_EVENT})`, filters.eventId)
    .given('event_type = ?', filters.eventType)
    .given('accepted_at >= ?', filters.since === undefined ? undefined : new Date(filters.since))
    .given('accepted_at < ?', filters.until === undefined ? undefined : new Date(filters.until));
  // Said once more as the index of undelivered ones has it: a parameter alone does not prove that it fits.
  const rare = filters.status !== undefined && filters.status !== 'delivered';
  return conditions.given(rare ? "status <> 'delivered' and status = ?" : 'status = ?', filters.status);
}

function lineOf(found: Found): DeliveryLine {
  return { ...statementOf(found), attemptCount: found.attempt_count };
}

function statementOf(found: FoundRow): Omit<DeliveryLine, 'attemptCount'> {
  return {
    deliveryId: found.delivery_id,
    tenantId: found.tenant_id,
    integrationId: found.integration_id,
    eventId: found.event_id,
    eventSource: found.event_source,
    eventType: found.event_type,
    acceptedAtMs: toMs(found.accepted_at),
    status: found.status,
    reason: found.reason,
    nextAttemptAtMs: toNullableMs(found.next_attempt_at),
    finishedAtMs: toNullableMs(found.finished_at),
  };
}
