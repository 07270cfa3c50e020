import pg from 'pg';
import { waitUntil } from '../wait-until.ts';
import { ATTEMPTS_PER_EVENT, statementsOf } from './generated-day.ts';

export const DAYS = 30;
const DAY_MS = 86_400_000;
/** Days that are generated at a time. */
const CONNECTIONS = 2;
const DECISIONS_PER_ATTEMPT = 0.1;
const CHANGES_PER_ATTEMPT = 0.01;
/** Above every flush that a generated row names, so that the service's own come behind them. */
const FLUSHES = 1_000_000_000;

const PARTITIONED = [
  ['events', ''],
  ['deliveries', 'with (fillfactor = 90)'],
  ['attempts', ''],
  ['activity_log', ''],
] as const;

const SCHEMA = { options: '-c search_path=audit -c synchronous_commit=off -c work_mem=256MB -c temp_buffers=256MB' };

/** Unix milliseconds of the first of the days, the last of which ended before the present one began. */
export function firstDayMs(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) * DAY_MS - DAYS * DAY_MS;
}

export async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, ...SCHEMA });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** As the service would have made them when those days were ahead. */
async function createPartitions(client: pg.Client, begin: number): Promise<void> {
  for (const [table, storage] of PARTITIONED) {
    for (let day = 0; day < DAYS; day += 1) {
      const [from = '', to = ''] = [day, day + 1].map((n) => new Date(begin + n * DAY_MS).toISOString());
      await client.query(
        `create table if not exists ${table}_${from.slice(0, 10).replaceAll('-', '')} partition of ${table}
         for values from ('${from}') to ('${to}') ${storage}`,
      );
    }
  }
}

/** Fills audit's tables with about as many attempts, and with what belongs to them. */
export async function fillViews(databaseUrl: string, rows: number, nowMs: number): Promise<void> {
  const begin = firstDayMs(nowMs);
  let next = 0;
  await withClient(databaseUrl, (client) => createPartitions(client, begin));
  const fillDays = (client: pg.Client) => async (): Promise<void> => {
    for (let day = next++; day < DAYS; day = next++) {
      const share = rows / DAYS;
      const counts = {
        events: Math.ceil(share / ATTEMPTS_PER_EVENT),
        decisions: Math.ceil(share * DECISIONS_PER_ATTEMPT),
        changes: Math.ceil(share * CHANGES_PER_ATTEMPT),
      };
      await client.query('begin');
      for (const { text, values } of statementsOf({ beginMs: begin + day * DAY_MS, day, ...counts })) {
        await client.query(text, values);
      }
      await client.query('commit');
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => withClient(databaseUrl, (client) => fillDays(client)())));
  await withClient(databaseUrl, async (client) => {
    await client.query(`select setval('attempt_flushes', ${FLUSHES})`);
    // As autovacuum does behind rows that came by and by.
    await client.query('vacuum (analyze) events, deliveries, attempts, activity_log, audit_log');
  });
}

/** Milliseconds from when the first of a day's partitions was taken out until all were gone. */
export function dayDropped(databaseUrl: string, dayMs: number, timeoutMs: number): Promise<number> {
  const day = new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '');
  const names = PARTITIONED.map(([table]) => `${table}_${day}`);
  return withClient(databaseUrl, async (client) => {
    // A partition goes in two steps: it is detached, then dropped.
    const left = async (): Promise<{ attached: number; tables: number }> => {
      const { rows } = await client.query<{ attached: number; tables: number }>(
        `select count(inhrelid)::integer as attached, count(*)::integer as tables
         from pg_class left join pg_inherits on inhrelid = oid
         where relnamespace = current_schema()::regnamespace and relname = any ($1)`,
        [names],
      );
      return rows[0] ?? { attached: 0, tables: 0 };
    };
    let begunAt: number | null = null;
    await waitUntil('a day is dropped', timeoutMs, async () => {
      const { attached, tables } = await left();
      if (attached < names.length) begunAt ??= performance.now();
      return tables === 0;
    });
    return performance.now() - (begunAt ?? performance.now());
  });
}

export interface StoredSize {
  table: string;
  rows: number;
  tableBytes: number;
  indexBytes: number;
}

/** Of tables and, where they have some, their partitions. */
export function storedSizes(databaseUrl: string, tables: readonly string[]): Promise<StoredSize[]> {
  return withClient(databaseUrl, async (client) => {
    const sizes: StoredSize[] = [];
    for (const table of tables) {
      const { rows } = await client.query<{ rows: string; table_bytes: string; index_bytes: string }>(
        `select (select count(*) from ${table}) as rows, sum(pg_table_size(relid)) as table_bytes,
           sum(pg_indexes_size(relid)) as index_bytes
         from (select $1::regclass::oid as relid union select inhrelid from pg_inherits where inhparent = $1::regclass) as parts`,
        [table],
      );
      const [found] = rows;
      sizes.push({
        table,
        rows: Number(found?.rows),
        tableBytes: Number(found?.table_bytes),
        indexBytes: Number(found?.index_bytes),
      });
    }
    return sizes;
  });
}
