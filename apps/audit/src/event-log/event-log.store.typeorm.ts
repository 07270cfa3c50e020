import { deliveryIdOfAttempt } from '../project/attempt-row.js';
import type { AttemptRow } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';
import { DELIVERIES_OF_EVENT, newestFirstSql, SqlConditions, toMs, toNullableMs } from '../read/sql-list.js';
import type { ViewReader } from '../read/view-reader.js';
import type { EventLogFilters, EventLogLine, EventLogStore } from './event-log.store.js';

export const COLUMNS = `attempt_id, tenant_id, integration_id, delivery_id, delivery_ids, event_id, event_source, event_type,
  event_ids, event_types, at, epoch, attempt, redelivery_offset, trigger, outcome, http_status, error, error_detail, duration_ms,
  next_attempt_at, trace_id, late, method, url, request_headers, request_truncated, response_headers, response_truncated`;

/** Probes each partition: the id does not say when the attempt was made. */
const GET = `select ${COLUMNS}, request_body, response_body from attempts
  where delivery_id = $1 and attempt_id = $2 and tenant_id = $3`;

/** Case does not matter; `position` takes the text as it is, where `like` would read its wildcards. */
const SEARCHED = `position(lower(?) in lower(concat_ws(' ', attempt_id, integration_id, delivery_id,
  array_to_string(delivery_ids, ' '), event_id, event_type, array_to_string(event_ids || event_types, ' '),
  error, error_detail, trace_id))) > 0`;

/** Found first by its own two indexes: an `or` of the two conditions would walk through the tenant's whole list. */
const KEY = 'delivery_id, epoch, attempt, redelivery_offset, at';
const OF_EVENT = `(${KEY}) in (
  select ${KEY} from attempts where delivery_id = any (${DELIVERIES_OF_EVENT})
  union all select ${KEY} from attempts where delivery_ids && ${DELIVERIES_OF_EVENT})`;

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

export class TypeormEventLogStore implements EventLogStore {
  constructor(private readonly views: ViewReader) {}

  async list(tenantId: string, filters: EventLogFilters, page: PageRequest): Promise<ListedRows<EventLogLine>> {
    const conditions = conditionsOf(tenantId, filters).behind('at', 'attempt_id', page.after);
    const found = await this.views.query<Found>(
      `select ${COLUMNS} from attempts where ${conditions.where} ${newestFirstSql('at', 'attempt_id', page)}`,
      conditions.parameters,
    );
    return { rows: found.map(lineOf), stoppedAt: null };
  }

  async get(tenantId: string, attemptId: string): Promise<AttemptRow | null> {
    const deliveryId = deliveryIdOfAttempt(attemptId);
    if (deliveryId === null) return null;
    const [found] = await this.views.prepared<FoundWithBodies>('attempt-get', GET, [deliveryId, attemptId, tenantId]);
    return found ? { ...lineOf(found), requestBody: found.request_body, responseBody: found.response_body } : null;
  }
}

function conditionsOf(tenantId: string, filters: EventLogFilters): SqlConditions {
  const conditions = new SqlConditions(tenantId);
  conditions.given('integration_id = ?', filters.integrationId);
  conditions.given(OF_EVENT, filters.eventId);
  conditions.given('(delivery_id = ? or delivery_ids @> array[?::text])', filters.deliveryId);
  conditions.given('(event_type = ? or event_types @> array[?::text])', filters.eventType);
  conditions.given('http_status = ?', filters.httpStatus);
  conditions.given('outcome = ?', filters.outcome);
  // Only failed attempts have an error; saying so lets their index serve this filter too.
  conditions.given("outcome = 'failed' and error = ?", filters.error);
  conditions.given('trigger = ?', filters.trigger);
  conditions.given('at >= ?', filters.since === undefined ? undefined : new Date(filters.since));
  conditions.given('at < ?', filters.until === undefined ? undefined : new Date(filters.until));
  return conditions.given(SEARCHED, filters.q);
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
