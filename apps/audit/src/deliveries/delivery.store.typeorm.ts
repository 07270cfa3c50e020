import type { DeliveryRow, DeliveryStatus } from '../project/rows.js';
import { deliveriesOfEvent } from '../read/deliveries-of-event.js';
import { hasDeliveryId, hasOneOfDeliveryIds } from '../read/delivery-ids.js';
import type { ListedRows, ListPosition, PageRequest } from '../read/list-page.js';
import { type Narrowing, Narrowings } from '../read/list-paths.js';
import { ListReader, type LookBounds } from '../read/list-reader.js';
import type { ListTable } from '../read/list-statement.js';
import { toMs, toNullableMs } from '../read/times.js';
import type { ViewReader } from '../read/view-reader.js';
import { VIEWS } from '../read/view-tables.js';
import type { DeliveryFilters, DeliveryLine, DeliveryStore } from './delivery.store.js';

const ROW_COLUMNS = `delivery_id, tenant_id, integration_id, event_id, event_source, event_type, accepted_at, status,
  reason, next_attempt_at, finished_at`;

/** Probes each partition for the id; several have it only where an event came again after the inbox had forgotten it. */
const NAMED = VIEWS.sql`(select * from ${VIEWS.rowsFoundById('deliveries')} where ${hasDeliveryId('$2::text')} offset 0) as named
  order by accepted_at desc limit 1`;
const GET = VIEWS.sql`select ${ROW_COLUMNS} from ${NAMED}`;
const FIND = VIEWS.sql`select ${ROW_COLUMNS}, delivery_offset, epoch, sequence, first_offset from ${NAMED}`;

/**
 * Counted at the read, so that it equals the rows of the event log after any crash and replay. An attempt of a batch
 * names all of its deliveries, the first one too. The time leaves out partitions of days before the deliveries were
 * accepted. Of deliveries with one id it counts the attempts of all.
 */
const ATTEMPT_COUNTS = VIEWS.sql`select delivery_id, count(*)::integer as attempt_count from (
    select delivery_id from ${VIEWS.rowsFoundById('attempts')}
      where not late and at >= $3 and ${hasOneOfDeliveryIds('$2::text[]')} and delivery_ids is null
    union all
    select unnest(delivery_ids) from ${VIEWS.rowsFoundById('attempts')} where not late and at >= $3 and delivery_ids && $2::text[]
  ) as counted group by delivery_id`;

/** An attempt's clock may be so far behind the one that accepted the event; a broker lets a producer's be an hour ahead. */
const CLOCKS_APART_MAX_MS = 24 * 3_600_000;

const TABLE: ListTable = { name: 'deliveries', columns: ROW_COLUMNS, time: 'accepted_at', key: 'delivery_id' };

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

type FoundCount = { delivery_id: string; attempt_count: number };
type FoundPosition = Record<'delivery_offset' | 'epoch' | 'sequence', string> & { first_offset: string | null };

const positionOf = (found: FoundRow): ListPosition => ({ atMs: toMs(found.accepted_at), key: found.delivery_id });

export class TypeormDeliveryStore implements DeliveryStore {
  readonly #lists: ListReader;

  constructor(
    private readonly views: ViewReader,
    bounds?: LookBounds,
  ) {
    this.#lists = new ListReader(views, bounds);
  }

  async list(tenantId: string, filters: DeliveryFilters, page: PageRequest): Promise<ListedRows<DeliveryLine>> {
    const narrowing = await narrowingBy(this.views, tenantId, filters);
    const question = { tenantId, span: filters, page, narrowingIn: () => narrowing };
    const { rows, stoppedAt } = await this.#lists.read<FoundRow>(TABLE, question, positionOf);
    return { rows: await this.#linesOf(tenantId, rows), stoppedAt };
  }

  async get(tenantId: string, deliveryId: string): Promise<DeliveryLine | null> {
    const found = await this.views.readPrepared<FoundRow>(tenantId, 'delivery-get', GET, [deliveryId]);
    return (await this.#linesOf(tenantId, found))[0] ?? null;
  }

  async find(tenantId: string, deliveryId: string): Promise<DeliveryRow | null> {
    const rows = await this.views.readPrepared<FoundRow & FoundPosition>(tenantId, 'delivery-find', FIND, [deliveryId]);
    const [found] = rows;
    if (!found) return null;
    const { delivery_offset: deliveryOffset, epoch, sequence, first_offset: firstOffset } = found;
    return {
      ...statementOf(found),
      deliveryOffset: Number(deliveryOffset),
      epoch: Number(epoch),
      sequence: Number(sequence),
      firstOffset: firstOffset === null ? null : Number(firstOffset),
    };
  }

  async #linesOf(tenantId: string, found: readonly FoundRow[]): Promise<DeliveryLine[]> {
    if (found.length === 0) return [];
    const firstMs = Math.min(...found.map((row) => toMs(row.accepted_at)));
    const counted = await this.views.readPrepared<FoundCount>(tenantId, 'delivery-attempt-counts', ATTEMPT_COUNTS, [
      found.map((row) => row.delivery_id),
      new Date(firstMs - CLOCKS_APART_MAX_MS),
    ]);
    const counts = new Map(counted.map((row) => [row.delivery_id, row.attempt_count]));
    return found.map((row) => ({ ...statementOf(row), attemptCount: counts.get(row.delivery_id) ?? 0 }));
  }
}

async function narrowingBy(views: ViewReader, tenantId: string, filters: DeliveryFilters): Promise<Narrowing> {
  const { integrationId, eventId, eventType, status } = filters;
  const narrowings = new Narrowings()
    .byIndex('integration_id = ?', integrationId)
    .byIndex('event_type collate "C" = ?', eventType);
  if (status === 'delivered') narrowings.byLooking('status = ?', status);
  else narrowings.byIndex(`status <> 'delivered' and status collate "C" = ?`, status);
  if (eventId === undefined) return narrowings;
  const ofEvent = {
    text: hasOneOfDeliveryIds('?::text[]'),
    value: await deliveriesOfEvent(views, tenantId, eventId),
  };
  return narrowings.byFew(ofEvent);
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
