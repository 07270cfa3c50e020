import type { FailureRun } from './failure-run.js';
import type { Fence, LaneWrite } from './lane.store.js';

export interface Statement {
  sql: string;
  values: unknown[];
}

type Of<K extends LaneWrite['kind']> = Extract<LaneWrite, { kind: K }>;

const ROW_COLUMNS = 'partition, integration_id, position';

/**
 * One statement a kind of write, whatever their number; inserts before deletes, for a row may come and go in one batch.
 * What was told before it was attempted again is not told any more.
 */
export function writeStatements(writes: readonly LaneWrite[]): Statement[] {
  const of = <K extends LaneWrite['kind']>(kind: K) => writes.filter((write): write is Of<K> => write.kind === kind);
  const statements = [
    inserts(of('park')),
    told(of('told')),
    updates(of('park'), of('retry')),
    dues(of('due')),
    deletes(of('delete')),
    runs(of('run')),
    signals([...of('run'), ...of('signal').map(({ fence, signal }) => ({ fence, signals: [signal] }))]),
    signalsSent(of('signal sent')),
  ];
  return statements.filter((statement) => statement !== null);
}

interface RowName {
  fence: Fence;
  integrationId: string;
  offset: number;
}

function rowValues(rows: readonly RowName[]): unknown[] {
  return [
    rows.map(({ fence }) => fence.partition),
    rows.map(({ integrationId }) => integrationId),
    rows.map(({ offset }) => offset),
  ];
}

function inserts(parks: readonly Of<'park'>[]): Statement | null {
  const rows = parks.flatMap(({ fence, lane, insert, storedAtMs }) =>
    insert.map((item) => ({ fence, ...lane, offset: item.offset, item, storedAtMs })),
  );
  if (rows.length === 0) return null;
  return {
    // A row can be there: written before a crash, its delivery read again.
    sql: `INSERT INTO waiting_delivery (${ROW_COLUMNS}, lane_key, version, attempt, due_at_ms, push, exhausted_under,
        stored_at_ms, envelope, data)
      SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::int[], $7::bigint[],
        $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::bytea[])
      ON CONFLICT (${ROW_COLUMNS}) DO UPDATE SET attempt = excluded.attempt, due_at_ms = excluded.due_at_ms,
        push = excluded.push, exhausted_under = excluded.exhausted_under`,
    values: [
      ...rowValues(rows),
      rows.map(({ key }) => key),
      rows.map(({ item }) => item.version),
      rows.map(({ item }) => item.attempt),
      rows.map(({ item }) => item.dueAtMs),
      rows.map(({ item }) => item.push),
      rows.map(({ item }) => item.exhaustedUnder),
      rows.map(({ storedAtMs }) => storedAtMs),
      rows.map(({ item }) => JSON.stringify(item.envelope)),
      rows.map(({ item }) => item.data),
    ],
  };
}

function updates(parks: readonly Of<'park'>[], retries: readonly Of<'retry'>[]): Statement | null {
  const rows = [
    ...retries,
    ...parks.flatMap(({ fence, lane: { integrationId }, update }) =>
      update.map((item) => ({ fence, integrationId, offset: item.offset, next: item })),
    ),
  ];
  if (rows.length === 0) return null;
  return {
    // The journal said that it was attempted: where it is held again, that has to be said again.
    sql: `UPDATE waiting_delivery AS w SET attempt = c.attempt, due_at_ms = c.due_at_ms, push = c.push,
        exhausted_under = c.exhausted_under, held_told = false
      FROM unnest($1::int[], $2::text[], $3::bigint[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[])
        AS c (${ROW_COLUMNS}, attempt, due_at_ms, push, exhausted_under)
      WHERE (w.partition, w.integration_id, w.position) = (c.partition, c.integration_id, c.position)
        AND w.attempt < c.attempt`,
    values: [
      ...rowValues(rows),
      rows.map(({ next }) => next.attempt),
      rows.map(({ next }) => next.dueAtMs),
      rows.map(({ next }) => next.push),
      rows.map(({ next }) => next.exhaustedUnder),
    ],
  };
}

function dues(writes: readonly Of<'due'>[]): Statement | null {
  if (writes.length === 0) return null;
  return {
    sql: `UPDATE waiting_delivery AS w SET due_at_ms = c.to_ms
      FROM unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
        AS c (partition, integration_id, lane_key, from_ms, to_ms)
      WHERE (w.partition, w.integration_id, w.lane_key, w.due_at_ms) = (c.partition, c.integration_id, c.lane_key, c.from_ms)`,
    values: [
      writes.map(({ lane }) => lane.partition),
      writes.map(({ lane }) => lane.integrationId),
      writes.map(({ lane }) => lane.key),
      writes.map(({ fromMs }) => fromMs),
      writes.map(({ toMs }) => toMs),
    ],
  };
}

function rowsOf(writes: readonly (Omit<RowName, 'offset'> & { offsets: readonly number[] })[]): RowName[] {
  return writes.flatMap(({ fence, integrationId, offsets }) =>
    offsets.map((offset) => ({ fence, integrationId, offset })),
  );
}

const THESE = `FROM unnest($1::int[], $2::text[], $3::bigint[]) AS c (${ROW_COLUMNS})
  WHERE (w.partition, w.integration_id, w.position) = (c.partition, c.integration_id, c.position)`;

function told(writes: readonly Of<'told'>[]): Statement | null {
  const rows = rowsOf(writes);
  if (rows.length === 0) return null;
  return { sql: `UPDATE waiting_delivery AS w SET held_told = true ${THESE}`, values: rowValues(rows) };
}

function deletes(writes: readonly Of<'delete'>[]): Statement | null {
  const rows = rowsOf(writes);
  if (rows.length === 0) return null;
  return { sql: `DELETE FROM waiting_delivery AS w ${THESE.replace('FROM', 'USING')}`, values: rowValues(rows) };
}

function runs(writes: readonly Of<'run'>[]): Statement | null {
  const newest = new Map<string, { partition: number; run: FailureRun }>();
  for (const { integrationId, fence, run } of writes) newest.set(integrationId, { partition: fence.partition, run });
  if (newest.size === 0) return null;
  const rows = [...newest.values()];
  return {
    sql: `INSERT INTO failure_run AS r
        (integration_id, partition, enablement, consecutive_failures, failing_since_ms, stopped, sequence)
      SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::bigint[], $6::text[], $7::bigint[])
      ON CONFLICT (integration_id) DO UPDATE SET partition = excluded.partition, enablement = excluded.enablement,
        consecutive_failures = excluded.consecutive_failures, failing_since_ms = excluded.failing_since_ms,
        stopped = excluded.stopped, sequence = excluded.sequence
      WHERE r.sequence < excluded.sequence`,
    values: [
      [...newest.keys()],
      rows.map(({ partition }) => partition),
      rows.map(({ run }) => run.enablement),
      rows.map(({ run }) => run.consecutiveFailures),
      rows.map(({ run }) => run.failingSinceMs),
      rows.map(({ run }) => run.stopped),
      rows.map(({ run }) => run.sequence),
    ],
  };
}

function signals(writes: readonly Pick<Of<'run'>, 'fence' | 'signals'>[]): Statement | null {
  const rows = writes.flatMap(({ fence, signals: sent }) =>
    sent.map((signal) => ({ partition: fence.partition, signal })),
  );
  if (rows.length === 0) return null;
  return {
    sql: `INSERT INTO signal_outbox (integration_id, enablement, type, sequence, partition, signal)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::int[], $6::jsonb[])
      ON CONFLICT DO NOTHING`,
    values: [
      ...signalKeys(rows.map(({ signal }) => signal)),
      rows.map(({ partition }) => partition),
      rows.map(({ signal }) => JSON.stringify(signal)),
    ],
  };
}

function signalsSent(writes: readonly Of<'signal sent'>[]): Statement | null {
  if (writes.length === 0) return null;
  return {
    sql: `DELETE FROM signal_outbox AS s USING unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[])
        AS c (integration_id, enablement, type, sequence)
      WHERE (s.integration_id, s.enablement, s.type, s.sequence) = (c.integration_id, c.enablement, c.type, c.sequence)`,
    values: signalKeys(writes.map(({ signal }) => signal)),
  };
}

function signalKeys(sent: readonly Of<'signal sent'>['signal'][]): unknown[] {
  return [
    sent.map(({ integrationId }) => integrationId),
    sent.map(({ enablement }) => enablement),
    sent.map(({ type }) => type),
    sent.map(({ sequence }) => sequence),
  ];
}
