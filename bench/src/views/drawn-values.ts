import type pg from 'pg';
import { TENANTS } from './generated-day.ts';

/** A row of a list, as far as filters are drawn from it. */
export type DrawnRow = Record<string, string | number | null> & { tenant_id: string };

export interface DrawnRows {
  attempts: DrawnRow[];
  deliveries: DrawnRow[];
  events: DrawnRow[];
  activityLog: DrawnRow[];
  auditLog: DrawnRow[];
}

const DRAWN_MAX = 400;

const ATTEMPT = `tenant_id, attempt_id, delivery_id, delivery_ids[2] as member_id, integration_id, event_id, event_type,
  http_status, outcome, error, error_detail, trigger, trace_id, at`;

/** Rows from all over a table, as often of a tenant as it has rows. */
async function drawn(client: pg.Client, columns: string, table: string, time: string): Promise<DrawnRow[]> {
  const { rows: counts } = await client.query<{ count: string }>(`select count(*) as count from ${table}`);
  const percent = Math.min(100, (300 * DRAWN_MAX) / Math.max(1, Number(counts[0]?.count)));
  const { rows } = await client.query<DrawnRow>(
    `select ${columns} from (
       select * from ${table} tablesample bernoulli (${percent}) repeatable (7)) as sampled
     order by md5(${time}::text) limit ${DRAWN_MAX}`,
  );
  return rows;
}

export async function drawRows(client: pg.Client): Promise<DrawnRows> {
  return {
    attempts: await drawn(client, ATTEMPT, 'attempts', 'at'),
    deliveries: await drawn(client, '*', 'deliveries', 'accepted_at'),
    events: await drawn(client, 'tenant_id, event_id, source, outcome, accepted_at', 'events', 'accepted_at'),
    activityLog: await drawn(client, '*', 'activity_log', 'at'),
    auditLog: await drawn(client, '*', 'audit_log', 'at'),
  };
}

/** Rows that a condition of their own makes rare. */
export async function drawRare(client: pg.Client, condition: string): Promise<DrawnRow[]> {
  const { rows } = await client.query<DrawnRow>(
    `select ${ATTEMPT} from attempts where ${condition} order by md5(at::text) limit ${DRAWN_MAX}`,
  );
  return rows;
}

export const everyTenant = Array.from({ length: TENANTS }, (_, n) => ({ tenant_id: `ten_bench_${n}` }));
