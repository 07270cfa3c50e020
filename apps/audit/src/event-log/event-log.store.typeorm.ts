import { deliveryIdOfAttempt } from '../project/attempt-row.js';
import type { AttemptRow } from '../project/rows.js';
import { hasDeliveryId } from '../read/delivery-ids.js';
import type { ListedRows, ListPosition, PageRequest } from '../read/list-page.js';
import { ListReader, type LookBounds } from '../read/list-reader.js';
import type { ListTable } from '../read/list-statement.js';
import { toMs, toNullableMs } from '../read/times.js';
import type { ViewReader } from '../read/view-reader.js';
import { VIEWS } from '../read/view-tables.js';
import type { EventLogFilters, EventLogLine, EventLogStore } from './event-log.store.js';
import { eventLogNarrowing } from './event-log-narrowing.js';

export const COLUMNS = `attempt_id, tenant_id, integration_id, delivery_id, delivery_ids, event_id, event_source, event_type,
  event_ids, event_types, at, epoch, attempt, redelivery_offset, trigger, outcome, http_status, error, error_detail, duration_ms,
  next_attempt_at, trace_id, late, method, url, request_headers, request_truncated, response_headers, response_truncated`;

/** Probes each partition: the id does not say when the attempt was made. */
const GET = VIEWS.sql`select ${COLUMNS}, request_body, response_body from ${VIEWS.rowsFoundById('attempts')}
  where ${hasDeliveryId('$2::text')} and attempt_id = $3`;

const TABLE: ListTable = { name: 'attempts', columns: COLUMNS, time: 'at', key: 'attempt_id collate "C"' };

export interface Found {
  attempt_id: string;
  tenant_id: string;
  integration_id: string;
  delivery_id: string;
  delivery_ids: string[] | null;
  event_id: string;
  event_source: string;
  event_type: string;
  event_ids: string[] | null;
  event_types: string[] | null;
  at: Date;
  epoch: number;
  attempt: number;
  redelivery_offset: string;
  trigger: AttemptRow['trigger'];
  outcome: AttemptRow['outcome'];
  http_status: number | null;
  error: AttemptRow['error'];
  error_detail: string | null;
  duration_ms: number;
  next_attempt_at: Date | null;
  trace_id: string | null;
  late: boolean;
  method: string;
  url: string;
  request_headers: string;
  request_truncated: boolean;
  response_headers: string | null;
  response_truncated: boolean;
}

type FoundWithBodies = Found & { request_body: Buffer | null; response_body: Buffer | null };

const positionOf = (found: Found): ListPosition => ({ atMs: toMs(found.at), key: found.attempt_id });

export class TypeormEventLogStore implements EventLogStore {
  readonly #lists: ListReader;

  constructor(
    private readonly views: ViewReader,
    bounds?: LookBounds,
  ) {
    this.#lists = new ListReader(views, bounds);
  }

  async list(tenantId: string, filters: EventLogFilters, page: PageRequest): Promise<ListedRows<EventLogLine>> {
    const narrowingIn = await eventLogNarrowing(this.views, tenantId, filters);
    const question = { tenantId, span: filters, page, narrowingIn };
    const { rows, stoppedAt } = await this.#lists.read<Found>(TABLE, question, positionOf);
    return { rows: rows.map(lineOf), stoppedAt };
  }

  async get(tenantId: string, attemptId: string): Promise<AttemptRow | null> {
    const deliveryId = deliveryIdOfAttempt(attemptId);
    if (deliveryId === null) return null;
    const named = [deliveryId, attemptId];
    const [found] = await this.views.readPrepared<FoundWithBodies>(tenantId, 'attempt-get', GET, named);
    return found ? { ...lineOf(found), requestBody: found.request_body, responseBody: found.response_body } : null;
  }
}

export function lineOf(found: Found): EventLogLine {
  return {
    attemptId: found.attempt_id,
    tenantId: found.tenant_id,
    integrationId: found.integration_id,
    deliveryId: found.delivery_id,
    deliveryIds: found.delivery_ids,
    eventId: found.event_id,
    eventSource: found.event_source,
    eventType: found.event_type,
    eventIds: found.event_ids,
    eventTypes: found.event_types,
    atMs: toMs(found.at),
    epoch: found.epoch,
    attempt: found.attempt,
    redeliveryOffset: Number(found.redelivery_offset),
    trigger: found.trigger,
    outcome: found.outcome,
    httpStatus: found.http_status,
    error: found.error,
    errorDetail: found.error_detail,
    durationMs: found.duration_ms,
    nextAttemptAtMs: toNullableMs(found.next_attempt_at),
    traceId: found.trace_id,
    late: found.late,
    method: found.method,
    url: found.url,
    requestHeaders: found.request_headers,
    requestTruncated: found.request_truncated,
    responseHeaders: found.response_headers,
    responseTruncated: found.response_truncated,
  };
}
