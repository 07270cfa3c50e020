import { deliveryKey } from '../project/delivery-row.js';
import type { DeliveryStatus, EventRow } from '../project/rows.js';
import type { ListedRows, ListPosition, PageRequest } from '../read/list-page.js';
import { type Narrowing, Narrowings } from '../read/list-paths.js';
import { ListReader, type LookBounds } from '../read/list-reader.js';
import type { ListTable } from '../read/list-statement.js';
import { toMs } from '../read/times.js';
import type { ViewReader } from '../read/view-reader.js';
import { VIEWS } from '../read/view-tables.js';
import { type EventFate, type EventFilters, type EventStore, eventListKey } from './event.store.js';

/** `eventListKey`, compared as bytes so that a cursor means the same here and there. */
const KEY = `(event_id || ' ' || source_partition || ':' || source_offset) collate "C"`;

const TABLE: ListTable = {
  name: 'events',
  columns: `tenant_id, event_id, source_partition, source_offset, source, type, subject, event_time, accepted_at, via,
    outcome, reason, detail, delivery_ids, integration_ids, trace_id`,
  time: 'accepted_at',
  key: KEY,
};

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

/**
 * The span lets the planner leave out partitions: it does not look into the arrays. `offset 0` keeps this a lookup by key
 * for each delivery.
 */
const STATUSES = VIEWS.sql`select found.* from unnest($2::text[], $3::timestamptz[]) as wanted (id, at) cross join lateral (
    select delivery_id, accepted_at, status from ${VIEWS.rowsFoundById('deliveries')}
    where accepted_at = wanted.at and delivery_id = wanted.id and accepted_at between $4 and $5 offset 0
  ) as found`;

interface FoundStatus {
  delivery_id: string;
  accepted_at: Date;
  status: DeliveryStatus;
}

export class TypeormEventStore implements EventStore {
  readonly #lists: ListReader;

  constructor(
    private readonly views: ViewReader,
    bounds?: LookBounds,
  ) {
    this.#lists = new ListReader(views, bounds);
  }

  async list(tenantId: string, filters: EventFilters, page: PageRequest): Promise<ListedRows<EventFate>> {
    const narrowing = narrowingBy(filters);
    const question = { tenantId, span: {}, page, narrowingIn: () => narrowing };
    const { rows, stoppedAt } = await this.#lists.read<Found>(TABLE, question, positionOf);
    const statuses = await this.#statusesOf(tenantId, rows);
    return { rows: rows.map((row) => fateOf(row, statuses)), stoppedAt };
  }

  /** By the time, too, which is their event's: it names the partition, and the row where an event came again. */
  async #statusesOf(tenantId: string, events: readonly Found[]): Promise<ReadonlyMap<string, DeliveryStatus>> {
    const wanted = events.flatMap(({ delivery_ids, accepted_at }) => delivery_ids.map((id) => ({ id, accepted_at })));
    if (wanted.length === 0) return new Map();
    const times = wanted.map((delivery) => toMs(delivery.accepted_at));
    const found = await this.views.read<FoundStatus>(tenantId, STATUSES, [
      wanted.map(({ id }) => id),
      wanted.map(({ accepted_at }) => accepted_at),
      new Date(Math.min(...times)),
      new Date(Math.max(...times)),
    ]);
    return new Map(found.map((row) => [deliveryKey(keyOf(row)), row.status]));
  }
}

const keyOf = (row: { delivery_id: string; accepted_at: Date }) => ({
  deliveryId: row.delivery_id,
  acceptedAtMs: toMs(row.accepted_at),
});

function positionOf(found: Found): ListPosition {
  const { event_id: eventId, source_partition: sourcePartition, source_offset: sourceOffset } = found;
  return {
    atMs: toMs(found.accepted_at),
    key: eventListKey({ eventId, sourcePartition, sourceOffset: Number(sourceOffset) }),
  };
}

/** A source may be longer than an index takes: its hash stands there. */
const ofSource = (source: string) =>
  `hashtextextended(source, 0) = hashtextextended(${source}, 0) and source = ${source}`;
const ofOutcome = (outcome: string) => `outcome <> 'routed' and outcome collate "C" = ${outcome}`;
const OF_BOTH = `${ofSource('(?::text[])[1]')} and ${ofOutcome('(?::text[])[2]')}`;

function narrowingBy({ eventId, source, outcome }: EventFilters): Narrowing {
  const narrowings = new Narrowings();
  if (outcome === 'routed') narrowings.byIndex(ofSource('?'), source).byLooking('outcome = ?', outcome);
  else if (source !== undefined && outcome !== undefined) narrowings.byIndex(OF_BOTH, [source, outcome]);
  else narrowings.byIndex(ofSource('?'), source).byIndex(ofOutcome('?'), outcome);
  return eventId === undefined ? narrowings : narrowings.byFew({ text: 'event_id = ?', value: eventId });
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
      status: statuses.get(deliveryKey({ deliveryId, acceptedAtMs: toMs(row.accepted_at) })) ?? 'pending',
    })),
  };
}
