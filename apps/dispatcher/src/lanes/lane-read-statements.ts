import { PUSH_MAX_BYTES } from './lane.bounds.js';
import type { DueRequest, LanePageRequest } from './lane.store.js';
import type { Statement } from './lane-write-statements.js';

/** What was held since its last attempt is due as soon as it may be sent, and stays so under another owner. */
const DUE = 'CASE WHEN held_told THEN NULL ELSE due_at_ms END AS due_at_ms';

export const LOAD = `
  SELECT wanted.request, waiting.*
  FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::int[])
    AS wanted (request, partition, integration_id, lane_key, after, rows)
  CROSS JOIN LATERAL (
    SELECT position, version, attempt, ${DUE}, push, exhausted_under, stored_at_ms, envelope, data,
      sum(length(data)) OVER (ORDER BY position) AS bytes_through, row_number() OVER (ORDER BY position) AS place
    FROM (
      SELECT * FROM waiting_delivery AS w
      WHERE w.partition = wanted.partition AND w.integration_id = wanted.integration_id
        AND w.lane_key = wanted.lane_key AND w.position > wanted.after
      ORDER BY position LIMIT wanted.rows
    ) AS first_rows
  ) AS waiting
  WHERE waiting.place = 1 OR waiting.bytes_through <= ${PUSH_MAX_BYTES}
  ORDER BY wanted.request, waiting.position`;

export const WAITING = `
  SELECT wanted.request, waiting.*
  FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::int[])
    AS wanted (request, partition, integration_id, lane_key, after, rows)
  CROSS JOIN LATERAL (
    SELECT position, attempt, due_at_ms, push, exhausted_under, stored_at_ms, envelope FROM waiting_delivery AS w
    WHERE w.partition = wanted.partition AND w.integration_id = wanted.integration_id
      AND w.lane_key = wanted.lane_key AND w.position > wanted.after
    ORDER BY position LIMIT wanted.rows
  ) AS waiting
  ORDER BY wanted.request, waiting.position`;

const FIRST = `integration_id, lane_key, position, version, attempt, ${DUE}, push, exhausted_under`;

export const LANES = `
  SELECT wanted.request, ends.rows, ends.last, first.*
  FROM unnest($1::int[], $2::int[], $3::text[], $4::text[]) AS wanted (request, partition, integration_id, lane_key)
  CROSS JOIN LATERAL (
    SELECT ${FIRST} FROM waiting_delivery AS w
    WHERE w.partition = wanted.partition AND w.integration_id = wanted.integration_id AND w.lane_key = wanted.lane_key
    ORDER BY position LIMIT 1
  ) AS first
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS rows, max(position) AS last FROM waiting_delivery AS w
    WHERE w.partition = wanted.partition AND w.integration_id = wanted.integration_id AND w.lane_key = wanted.lane_key
  ) AS ends`;

/** The first rows of lanes, by jumping from one lane to the next: a lane's other rows are not looked at. */
export function lanePage({ partition, integrationId, after, limit }: LanePageRequest): Statement {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const mine = [`partition = ${place(partition)}`];
  if (integrationId !== null) mine.push(`integration_id = ${place(integrationId)}`);
  const behind = [...mine];
  if (after !== null && after.key === null) behind.push(`integration_id > ${place(after.integrationId)}`);
  if (after !== null && after.key !== null)
    behind.push(`(integration_id, lane_key) > (${place(after.integrationId)}, ${place(after.key)})`);
  const order = 'ORDER BY integration_id, lane_key, position LIMIT 1';
  const sql = `
    WITH RECURSIVE lane AS (
      (SELECT ${FIRST} FROM waiting_delivery WHERE ${behind.join(' AND ')} ${order})
      UNION ALL
      SELECT next.* FROM lane CROSS JOIN LATERAL (
        SELECT ${FIRST} FROM waiting_delivery AS w
        WHERE ${mine.join(' AND ')} AND (w.integration_id, w.lane_key) > (lane.integration_id, lane.lane_key) ${order}
      ) AS next
    )
    SELECT * FROM lane LIMIT ${place(limit)}`;
  return { sql, values };
}

export function dueLanes({ partition, integrationId, except, after, throughMs, limit }: DueRequest): Statement {
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const those = [`partition = ${place(partition)}`, `due_at_ms <= ${place(throughMs)}`];
  if (integrationId !== null) those.push(`integration_id = ${place(integrationId)}`);
  if (except.length > 0) those.push(`integration_id <> ALL (${place(except)}::text[])`);
  if (after !== null) {
    const { dueAtMs, integrationId: id, key } = after;
    those.push(`due_at_ms >= ${place(dueAtMs)}`);
    those.push(`(due_at_ms, integration_id, lane_key) > (${place(dueAtMs)}, ${place(id)}, ${place(key)})`);
  }
  const sql = `
    SELECT DISTINCT due_at_ms, integration_id, lane_key FROM waiting_delivery
    WHERE ${those.join(' AND ')} ORDER BY due_at_ms, integration_id, lane_key LIMIT ${place(limit)}`;
  return { sql, values };
}

/** Few of the next rows can be the first of their lanes: so many are looked at, whether or not enough are found. */
export const LONGEST_WAITING = `
  WITH looked AS MATERIALIZED (
    SELECT ${FIRST} FROM waiting_delivery WHERE partition = $1 AND integration_id = $2 AND position > $3
    ORDER BY position LIMIT $5
  ), firsts AS (
    SELECT * FROM looked WHERE NOT EXISTS (
      SELECT FROM waiting_delivery AS earlier
      WHERE earlier.partition = $1 AND earlier.integration_id = $2
        AND earlier.lane_key = looked.lane_key AND earlier.position < looked.position
    ) ORDER BY position LIMIT $4
  )
  SELECT ends.*, firsts.* FROM (SELECT count(*)::int AS looked_at, max(position) AS through FROM looked) AS ends
  LEFT JOIN firsts ON true ORDER BY firsts.position`;

export const BACKLOGS = `
  SELECT integration_id, count(*)::int AS rows FROM waiting_delivery WHERE partition = $1 GROUP BY integration_id`;

export const COUNT = `
  SELECT count(*)::int AS rows FROM (
    SELECT FROM waiting_delivery WHERE partition = $1 AND integration_id = $2 AND position > $3 LIMIT $4
  ) AS counted`;

export const OLDEST = `
  SELECT asked.integration_id, oldest.* FROM unnest($2::text[]) AS asked (integration_id)
  CROSS JOIN LATERAL (
    SELECT position, attempt, due_at_ms, push, exhausted_under, stored_at_ms, envelope FROM waiting_delivery AS w
    WHERE w.partition = $1 AND w.integration_id = asked.integration_id ORDER BY position LIMIT 1
  ) AS oldest`;

export function backlog(condition: '' | 'AND NOT held_told'): string {
  return `
    SELECT lane_key, position, attempt, due_at_ms, push, exhausted_under, stored_at_ms, envelope FROM waiting_delivery
    WHERE partition = $1 AND integration_id = $2 AND position > $3 ${condition}
    ORDER BY position LIMIT $4`;
}
