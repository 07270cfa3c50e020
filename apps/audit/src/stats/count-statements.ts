import { HOURS_TABLE, MINUTES_TABLE, type StatsTable } from './stats-tables.js';
import { TALLY_KINDS_SQL } from './tally-kind.js';

/**
 * Counts are made of what a flush really wrote, in its transaction: what `returning` gives is exactly the rows that were
 * inserted or changed, whoever else writes the same records at the same time. So the counts equal the rows (invariant 7).
 *
 * Both statements leave their counts in a temporary table, and all are added at the flush's end: rows that every flush
 * changes are locked for its last milliseconds only, and behind all other rows, so that two flushes cannot deadlock.
 *
 * One row becomes several counts by `unnest`: a lateral `values` prepares its expressions anew for each row.
 */
export const CREATE_COUNTS_STAGING = `create temporary table if not exists staging_counts (
  tenant_id text collate "C" not null, integration_id text collate "C" not null,
  minute timestamptz, kind integer not null, n bigint not null) on commit delete rows`;

/** Of the staged counts that are no tallies: each has a column of its own. Below every tally's number. */
const COLUMNS = { succeeded: -101, failed: -102, opened: -103, ended: -104, pending: -105, held: -106 } as const;
const IS_TALLY = 'kind > -100';

const minuteOf = (time: string) => `date_bin('1 minute', ${time}, 'epoch')`;
const columnOf = (text: string, names: readonly (keyof typeof COLUMNS)[]) =>
  `case ${text} ${names.map((name) => `when '${name}' then ${COLUMNS[name]}`).join(' ')} end`;

/** An attempt is counted when its row is inserted. Late ones and tests never are. */
export function countingAttempts(insert: string): string {
  const kinds = [columnOf('outcome', ['succeeded', 'failed']), ...TALLY_KINDS_SQL];
  return `with written as (
      ${insert} returning tenant_id, integration_id, at, trigger, outcome, http_status, error, duration_ms, late
    )
    insert into staging_counts
    select tenant_id, integration_id, minute, kind, count(*) from (
      select tenant_id, integration_id, ${minuteOf('at')} as minute, unnest(array[${kinds.join(', ')}]) as kind
      from written where not late and trigger <> 'test'
    ) as tally where kind is not null group by 1, 2, 3, 4`;
}

/**
 * What a delivery adds to the counts follows from its row alone, so each write adds what the row says now and takes
 * away what it said before; the row remembers that, for before version 18 no statement returns it. Of what is open now
 * there is no minute.
 */
export function countingDeliveries(upsert: string): string {
  return `with written as (
      ${upsert} returning tenant_id, integration_id, accepted_at, status, finished_at, previous_status, previous_finished_at
    )
    insert into staging_counts
    select tenant_id, integration_id, ${minuteOf('counted_at')}, kind, sum(n) from (
      select tenant_id, integration_id,
        unnest(array[${COLUMNS.opened}, ${COLUMNS.ended}, ${COLUMNS.ended},
          ${columnOf('status', ['pending', 'held'])}, ${columnOf('previous_status', ['pending', 'held'])}]) as kind,
        unnest(array[accepted_at, finished_at, previous_finished_at, null, null]) as counted_at,
        unnest(array[(previous_status is null)::integer, (finished_at is not null)::integer,
          -(previous_finished_at is not null)::integer, 1, -1]) as n
      from written
    ) as change where kind is not null and n <> 0 group by 1, 2, 3, 4 having sum(n) <> 0`;
}

/** Takes back what open deliveries that are removed have added; `removed` selects them. */
export function uncountingDeliveries(removed: string): string {
  return `insert into staging_counts
    select tenant_id, integration_id, ${minuteOf('counted_at')}, kind, -count(*)
    from (${removed}) as removed cross join lateral (values
      (${COLUMNS.opened}, accepted_at), (${columnOf('status', ['pending', 'held'])}, null)
    ) as change (kind, counted_at)
    where status in ('pending', 'held') group by 1, 2, 3, 4`;
}

const sumOf = (column: keyof typeof COLUMNS) => `coalesce(sum(n) filter (where kind = ${COLUMNS[column]}), 0)`;
const SCALARS = ['succeeded', 'failed', 'opened', 'ended'] as const;

/** A tenant's counts stand beside those of its integrations, under no integration. */
const addedTo = ({ name, width }: StatsTable) => `
  insert into ${name} as stored (tenant_id, integration_id, at, ${SCALARS.join(', ')}, kinds, counts)
  select tenant_id, integration_id, at, ${SCALARS.map(sumOf).join(', ')},
    coalesce(array_agg(kind) filter (where ${IS_TALLY}), '{}'), coalesce(array_agg(n) filter (where ${IS_TALLY}), '{}')
  from (
    select tenant_id, coalesce(integration_id, '') as integration_id, at, kind, sum(n)::bigint as n
    from (select *, date_bin('1 ${width}', minute, 'epoch') as at from staging_counts where minute is not null) as counted
    group by grouping sets ((tenant_id, integration_id, at, kind), (tenant_id, at, kind)) having sum(n) <> 0
  ) as summed
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (tenant_id, integration_id, at) do update set
    ${SCALARS.map((scalar) => `${scalar} = stored.${scalar} + excluded.${scalar}`).join(', ')},
    (kinds, counts) = (
      select coalesce(array_agg(kind), '{}'), coalesce(array_agg(n), '{}') from (
        select kind, sum(n)::bigint as n from (
          select * from unnest(stored.kinds, stored.counts)
          union all select * from unnest(excluded.kinds, excluded.counts)
        ) as both_rows (kind, n) group by kind
      ) as merged
    )`;

const ADDED_TO_BACKLOG = `
  insert into delivery_backlog as stored (tenant_id, integration_id, pending, held)
  select tenant_id, integration_id, ${sumOf('pending')}, ${sumOf('held')}
  from staging_counts where minute is null group by 1, 2 order by 1, 2
  on conflict (tenant_id, integration_id) do update set
    pending = stored.pending + excluded.pending, held = stored.held + excluded.held`;

/** Adds what the flush's other statements left. In this order and by key, so that two flushes cannot deadlock. */
export const ADD_COUNTS: readonly string[] = [addedTo(MINUTES_TABLE), addedTo(HOURS_TABLE), ADDED_TO_BACKLOG];
