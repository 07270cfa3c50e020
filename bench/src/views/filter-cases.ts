import type { DrawnRow, DrawnRows } from './drawn-values.ts';
import { RARE_STATUS, RARE_TYPE } from './generated-day.ts';

type Filters = Record<string, string>;

export interface FilterCase {
  list: 'event-log' | 'deliveries' | 'events' | 'activity-log' | 'audit-log';
  name: string;
  /** What the filters are drawn from. */
  rows: readonly DrawnRow[];
  filters(row: DrawnRow): Filters;
}

const HOUR_MS = 3_600_000;

const text = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : value === null ? '' : String(value);
const later = (time: unknown, ms: number) => new Date(Date.parse(text(time)) + ms).toISOString();

/** The filter of this name, with the column's value of a drawn row that has one. */
function by(list: FilterCase['list'], rows: readonly DrawnRow[], name: string, column: string): FilterCase {
  const filters = (row: DrawnRow) => ({ [name]: text(row[column]) });
  return { list, name, rows: rows.filter((row) => row[column] !== null), filters };
}

function fixed(
  list: FilterCase['list'],
  name: string,
  rows: readonly DrawnRow[],
  filters: Filters | FilterCase['filters'],
): FilterCase {
  return { list, name, rows, filters: typeof filters === 'function' ? filters : () => filters };
}

function eventLogCases(rows: readonly DrawnRow[]): FilterCase[] {
  const list = 'event-log';
  const failed = rows.filter(({ outcome }) => outcome === 'failed');
  const batched = rows.filter(({ member_id }) => member_id !== null);
  return [
    fixed(list, 'no filter', rows, {}),
    by(list, rows, 'integrationId', 'integration_id'),
    by(list, rows, 'eventId', 'event_id'),
    by(list, rows, 'deliveryId', 'delivery_id'),
    fixed(list, 'deliveryId of a batch', batched, (row) => ({ deliveryId: text(row.member_id) })),
    by(list, rows, 'eventType', 'event_type'),
    fixed(list, 'eventType, rare', rows, { eventType: RARE_TYPE }),
    fixed(list, 'eventType of batches', rows, { eventType: 'batch.member' }),
    by(list, rows, 'httpStatus', 'http_status'),
    by(list, failed, 'httpStatus', 'http_status'),
    fixed(list, 'httpStatus, rare', rows, { httpStatus: String(RARE_STATUS) }),
    fixed(list, 'outcome=succeeded', rows, { outcome: 'succeeded' }),
    fixed(list, 'outcome=failed', rows, { outcome: 'failed' }),
    by(list, failed, 'error', 'error'),
    fixed(list, 'error, rare', rows, { error: 'redirect' }),
    fixed(list, 'trigger=event', rows, { trigger: 'event' }),
    fixed(list, 'trigger=redelivery', rows, { trigger: 'redelivery' }),
    fixed(list, 'trigger=test', rows, { trigger: 'test' }),
    fixed(list, 'until', rows, (row) => ({ until: text(row.at) })),
    fixed(list, 'since and until', rows, (row) => ({ since: text(row.at), until: later(row.at, HOUR_MS) })),
    ...missing(list, rows, ['integrationId', 'eventId', 'deliveryId', 'eventType']),
    fixed(list, 'httpStatus, none', rows, { httpStatus: '599' }),
    fixed(list, 'error, none', rows, { error: 'oauth_token' }),
    fixed(list, 'trigger, none', rows, { trigger: 'recovery' }),
    fixed(list, 'integration and outcome', rows, (row) => ({
      integrationId: text(row.integration_id),
      outcome: 'failed',
    })),
    fixed(list, 'type and error', rows, (row) => ({ eventType: text(row.event_type), error: 'dns' })),
    fixed(list, 'type and integration', rows, (row, other = rows[0] ?? row) => ({
      eventType: text(row.event_type),
      integrationId: text(other.integration_id),
    })),
    fixed(list, 'common and common, never both', rows, { httpStatus: '200', outcome: 'failed' }),
  ];
}

function searchCases(rows: readonly DrawnRow[]): FilterCase[] {
  const list = 'event-log';
  const q = (name: string, of: (row: DrawnRow) => string) => fixed(list, `q: ${name}`, rows, (row) => ({ q: of(row) }));
  const traced = rows.filter(({ trace_id }) => trace_id !== null);
  return [
    q('attempt id', (row) => text(row.attempt_id)),
    q('delivery id', (row) => text(row.delivery_id)),
    q('event id', (row) => text(row.event_id)),
    q('integration id', (row) => text(row.integration_id)),
    fixed(list, 'q: trace id', traced, (row) => ({ q: text(row.trace_id) })),
    q('12 characters of a delivery id', (row) => text(row.delivery_id).slice(0, 16)),
    q('12 characters of an event id', (row) => text(row.event_id).slice(0, 16)),
    q('2 characters of an event id', (row) => text(row.event_id).slice(0, 6)),
    q('a word of its type', (row) => text(row.event_type).split('.').at(-1) ?? ''),
    q('a rare type', () => 'thing.happ'),
    q('an error', () => 'time'),
    q('a word of an error text', () => 'econnrefused'),
    q('a rare error text', () => 'expired'),
    q('nothing has it', (row) => `nothing ${text(row.delivery_id).slice(4, 12)}`),
    q('no such id', (row) => `dlv_zz${text(row.delivery_id).slice(4, 20)}`),
    fixed(list, 'q: a word of its type, failed', rows, (row) => ({
      q: text(row.event_type).split('.')[0] ?? '',
      outcome: 'failed',
    })),
  ];
}

function missing(list: FilterCase['list'], rows: readonly DrawnRow[], names: readonly string[]): FilterCase[] {
  return names.map((name) => fixed(list, `${name}, none`, rows, { [name]: `none_${name}` }));
}

function otherCases({ deliveries, events, activityLog, auditLog }: DrawnRows): FilterCase[] {
  return [
    fixed('deliveries', 'no filter', deliveries, {}),
    by('deliveries', deliveries, 'integrationId', 'integration_id'),
    by('deliveries', deliveries, 'eventId', 'event_id'),
    by('deliveries', deliveries, 'eventType', 'event_type'),
    fixed('deliveries', 'eventType, rare', deliveries, { eventType: RARE_TYPE }),
    ...['delivered', 'failed', 'held', 'discarded', 'pending'].map((status) =>
      fixed('deliveries', `status=${status}`, deliveries, { status }),
    ),
    fixed('deliveries', 'until', deliveries, (row) => ({ until: text(row.accepted_at) })),
    fixed('deliveries', 'type and status', deliveries, (row) => ({
      eventType: text(row.event_type),
      status: 'discarded',
    })),
    ...missing('deliveries', deliveries, ['integrationId', 'eventId', 'eventType']),
    fixed('events', 'no filter', events, {}),
    by('events', events, 'eventId', 'event_id'),
    by('events', events, 'source', 'source'),
    ...['routed', 'filtered', 'duplicate', 'rejected'].map((outcome) =>
      fixed('events', `outcome=${outcome}`, events, { outcome }),
    ),
    fixed('events', 'source and outcome', events, (row) => ({ source: text(row.source), outcome: 'rejected' })),
    ...missing('events', events, ['eventId', 'source']),
    fixed('activity-log', 'no filter', activityLog, {}),
    by('activity-log', activityLog, 'ruleId', 'rule_id'),
    by('activity-log', activityLog, 'decision', 'decision'),
    by('activity-log', activityLog, 'code', 'code'),
    fixed('activity-log', 'code, rare', activityLog, { code: 'unparseable' }),
    by('activity-log', activityLog, 'username', 'username'),
    fixed('activity-log', 'until', activityLog, (row) => ({ until: text(row.at) })),
    ...missing('activity-log', activityLog, ['ruleId', 'username']),
    fixed('audit-log', 'no filter', auditLog, {}),
    by('audit-log', auditLog, 'actorId', 'actor_id'),
    by('audit-log', auditLog, 'action', 'action'),
    by('audit-log', auditLog, 'subjectType', 'subject_type'),
    fixed('audit-log', 'subjectType, rare', auditLog, { subjectType: 'api_key' }),
    by('audit-log', auditLog, 'subjectId', 'subject_id'),
    fixed('audit-log', 'until', auditLog, (row) => ({ until: text(row.at) })),
    ...missing('audit-log', auditLog, ['actorId', 'action', 'subjectType', 'subjectId']),
  ];
}

/** Each documented filter of each list: values that are common, rare or not there, alone and together. */
export function filterCases(drawn: DrawnRows): FilterCase[] {
  return [...eventLogCases(drawn.attempts), ...searchCases(drawn.attempts), ...otherCases(drawn)];
}
