import { outcomeRank } from '../project/event-row.js';
import type { ActivityLogRow, AttemptRow, AuditLogRow, DeliveryRow, EventRow, SignalRow } from '../project/rows.js';
import { names, projectionTable } from './projection-table.js';

const DELIVERY_COLUMNS =
  'delivery_id tenant_id integration_id event_id event_source event_type accepted_at status reason next_attempt_at finished_at delivery_offset epoch sequence first_offset';
const ATTEMPT_COLUMNS =
  'attempt_id tenant_id integration_id delivery_id delivery_ids event_id event_source event_type event_ids event_types at epoch attempt redelivery_offset trigger outcome http_status error error_detail duration_ms next_attempt_at trace_id late method url request_headers request_truncated response_headers response_truncated request_body response_body';

const rank = (relation: string) =>
  `case ${relation}.outcome ${['routed', 'rejected', 'duplicate', 'filtered']
    .map((outcome) => `when '${outcome}' then ${outcomeRank(outcome as EventRow['outcome'])}`)
    .join(' ')} end`;

/** Ids and integrations of both rows, one pair an id, in the order of `mergedEventRow`. */
const union = (column: string) => `(select array_agg(pair.${column} order by pair.delivery_id collate "C") from (
    select distinct on (delivery_id) delivery_id, integration_id from unnest(
      events.delivery_ids || excluded.delivery_ids, events.integration_ids || excluded.integration_ids
    ) as both_rows (delivery_id, integration_id)) as pair)`;
const coalescedUnion = (column: string) => `coalesce(${union(column)}, '{}')`;
const better = (column: string) =>
  `${column} = case when ${rank('excluded')} > ${rank('events')} then excluded.${column} else events.${column} end`;

/** The newer of two statements counts, but for where the delivery stood first, which the older one may know. */
const NEWER = `(excluded.delivery_offset, excluded.epoch, excluded.sequence)
  > (deliveries.delivery_offset, deliveries.epoch, deliveries.sequence)`;
const newer = (column: string) =>
  `${column} = case when ${NEWER} then excluded.${column} else deliveries.${column} end`;

export const EVENTS = projectionTable<EventRow>({
  name: 'events',
  columns: names(
    'tenant_id event_id source_partition source_offset source type subject event_time accepted_at via outcome reason detail delivery_ids integration_ids trace_id',
  ),
  rowsOf: (rows) => rows.events,
  encode: (copy, row) => {
    copy.text(row.tenantId);
    copy.text(row.eventId);
    copy.integer(row.sourcePartition);
    copy.bigint(row.sourceOffset);
    copy.text(row.source);
    copy.text(row.type);
    copy.text(row.subject);
    copy.text(row.time);
    copy.timestamptz(row.acceptedAtMs);
    copy.text(row.via);
    copy.text(row.outcome);
    copy.text(row.reason);
    copy.text(row.detail);
    copy.textArray(row.deliveryIds);
    copy.textArray(row.integrationIds);
    copy.text(row.traceId);
  },
  key: 'tenant_id, event_id, source_partition, source_offset, accepted_at',
  onConflict: `do update set
    ${names('source type subject event_time via outcome reason detail trace_id').map(better).join(', ')},
    delivery_ids = ${coalescedUnion('delivery_id')}, integration_ids = ${coalescedUnion('integration_id')}
    where ${rank('excluded')} > ${rank('events')} or not events.delivery_ids @> excluded.delivery_ids`,
});

export const DELIVERIES = projectionTable<DeliveryRow>({
  name: 'deliveries',
  columns: names(DELIVERY_COLUMNS),
  rowsOf: (rows) => rows.deliveries,
  encode: (copy, row) => {
    copy.text(row.deliveryId);
    copy.text(row.tenantId);
    copy.text(row.integrationId);
    copy.text(row.eventId);
    copy.text(row.eventSource);
    copy.text(row.eventType);
    copy.timestamptz(row.acceptedAtMs);
    copy.text(row.status);
    copy.text(row.reason);
    copy.timestamptz(row.nextAttemptAtMs);
    copy.timestamptz(row.finishedAtMs);
    copy.bigint(row.deliveryOffset);
    copy.bigint(row.epoch);
    copy.bigint(row.sequence);
    copy.bigint(row.firstOffset);
  },
  key: 'accepted_at, delivery_id',
  onConflict: `do update set
    ${names('status reason next_attempt_at finished_at delivery_offset epoch sequence').map(newer).join(', ')},
    first_offset = least(deliveries.first_offset, excluded.first_offset), previous_status = deliveries.status,
    previous_finished_at = deliveries.finished_at where ${NEWER} or excluded.first_offset < coalesce(deliveries.first_offset, excluded.first_offset + 1)`,
});

export const ATTEMPTS = projectionTable<AttemptRow>({
  name: 'attempts',
  columns: names(ATTEMPT_COLUMNS),
  rowsOf: (rows) => rows.attempts,
  encode: (copy, row) => {
    copy.text(row.attemptId);
    copy.text(row.tenantId);
    copy.text(row.integrationId);
    copy.text(row.deliveryId);
    copy.textArray(row.deliveryIds);
    copy.text(row.eventId);
    copy.text(row.eventSource);
    copy.text(row.eventType);
    copy.textArray(row.eventIds);
    copy.textArray(row.eventTypes);
    copy.timestamptz(row.atMs);
    copy.integer(row.epoch);
    copy.integer(row.attempt);
    copy.bigint(row.redeliveryOffset);
    copy.text(row.trigger);
    copy.text(row.outcome);
    copy.integer(row.httpStatus);
    copy.text(row.error);
    copy.text(row.errorDetail);
    copy.double(row.durationMs);
    copy.timestamptz(row.nextAttemptAtMs);
    copy.text(row.traceId);
    copy.boolean(row.late);
    copy.text(row.method);
    copy.text(row.url);
    copy.text(row.requestHeaders);
    copy.boolean(row.requestTruncated);
    copy.text(row.responseHeaders);
    copy.boolean(row.responseTruncated);
    copy.bytes(row.requestBody);
    copy.bytes(row.responseBody);
  },
  key: 'at, delivery_id, epoch, attempt, redelivery_offset',
  onConflict: 'do nothing',
});

export const AUDIT_LOG = projectionTable<AuditLogRow>({
  name: 'audit_log',
  columns: names(
    'id tenant_id at action actor_type actor_id actor_name actor_role subject_type subject_id subject_name before after request_id',
  ),
  rowsOf: (rows) => rows.auditLog,
  encode: (copy, row) => {
    copy.text(row.id);
    copy.text(row.tenantId);
    copy.timestamptz(row.atMs);
    copy.text(row.action);
    copy.text(row.actorType);
    copy.text(row.actorId);
    copy.text(row.actorName);
    copy.text(row.actorRole);
    copy.text(row.subjectType);
    copy.text(row.subjectId);
    copy.text(row.subjectName);
    copy.text(row.before);
    copy.text(row.after);
    copy.text(row.requestId);
  },
  key: 'id',
  onConflict: 'do nothing',
});

export const ACTIVITY_LOG = projectionTable<ActivityLogRow>({
  name: 'activity_log',
  columns: names(
    'id tenant_id at rule_id rule_name rule_version decision code reason http_status duration_ms cached username remote_ip device_id trace_id',
  ),
  rowsOf: (rows) => rows.activityLog,
  encode: (copy, row) => {
    copy.text(row.id);
    copy.text(row.tenantId);
    copy.timestamptz(row.atMs);
    copy.text(row.ruleId);
    copy.text(row.ruleName);
    copy.integer(row.ruleVersion);
    copy.text(row.decision);
    copy.text(row.code);
    copy.text(row.reason);
    copy.integer(row.httpStatus);
    copy.double(row.durationMs);
    copy.boolean(row.cached);
    copy.text(row.username);
    copy.text(row.remoteIp);
    copy.text(row.deviceId);
    copy.text(row.traceId);
  },
  key: 'id, at',
  onConflict: 'do nothing',
});

export const SIGNALS = projectionTable<SignalRow>({
  name: 'integration_signals',
  columns: names('integration_id enablement type sequence tenant_id reason consecutive_failures at'),
  rowsOf: (rows) => rows.signals,
  encode: (copy, row) => {
    copy.text(row.integrationId);
    copy.bigint(row.enablement);
    copy.text(row.type);
    copy.bigint(row.sequence);
    copy.text(row.tenantId);
    copy.text(row.reason);
    copy.bigint(row.consecutiveFailures);
    copy.timestamptz(row.atMs);
  },
  key: 'integration_id, enablement, type, sequence',
  onConflict: 'do nothing',
});
