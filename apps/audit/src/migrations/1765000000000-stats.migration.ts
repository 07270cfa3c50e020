import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counts by the minute and by the hour, of each integration and, under '', of each tenant. What is stored is counted,
 * while nobody can write: the tables are locked in the order in which a flush writes them.
 */
export class Stats1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table stats_minutes, stats_hours, delivery_backlog');
    await runner.query('drop index deliveries_open, deliveries_open_of_integration');
    await runner.query('alter table deliveries drop previous_status, drop previous_finished_at');
  }
}

/** Room for the next version of a row beside the one before: every flush changes the rows of the present. */
const OFTEN_CHANGED = 'with (fillfactor = 70)';

const countsTable = (name: string) => `create table ${name} (
    tenant_id text collate "C" not null,
    integration_id text collate "C" not null,
    at timestamptz not null,
    succeeded bigint not null,
    failed bigint not null,
    opened bigint not null,
    ended bigint not null,
    kinds integer[] not null,
    counts bigint[] not null,
    primary key (tenant_id, integration_id, at)
  ) ${OFTEN_CHANGED}`;

const COLUMNS = { succeeded: -101, failed: -102, opened: -103, ended: -104 };
const SUMS = Object.values(COLUMNS).map((kind) => `coalesce(sum(n) filter (where kind = ${kind}), 0)`);
const ERRORS =
  'http_status redirect timeout dns connect reset tls blocked_address response_invalid oauth_token request_unbuildable aborted';
const LATENCY_BUCKET = 'ceil(ln(least(greatest(duration_ms, 0.1), 1e8) / 0.1::float8) / 0.040005334613699::float8)';

/** Late attempts and tests are not counted. */
const counted = (name: string, width: string, since: string) => `insert into ${name}
  select tenant_id, integration_id, at, ${SUMS.join(', ')},
    coalesce(array_agg(kind) filter (where kind > -100), '{}'),
    coalesce(array_agg(n) filter (where kind > -100), '{}')
  from (
    select tenant_id, coalesce(integration_id, '') as integration_id, at, kind, count(*) as n
    from (
      select tenant_id, integration_id, date_bin('1 ${width}', time, 'epoch') as at, kind from (
        select tenant_id, integration_id, at as time, kind from attempts cross join lateral (values
          (case outcome when 'succeeded' then ${COLUMNS.succeeded} else ${COLUMNS.failed} end),
          (1000 + least(http_status, 999999)), (-array_position(string_to_array('${ERRORS}', ' '), error)),
          (${LATENCY_BUCKET}::integer)
        ) as tally (kind) where not late and trigger <> 'test' and kind is not null
        union all select tenant_id, integration_id, accepted_at, ${COLUMNS.opened} from deliveries
        union all select tenant_id, integration_id, finished_at, ${COLUMNS.ended} from deliveries where finished_at is not null
      ) as what_was ${since}
    ) as binned
    group by grouping sets ((tenant_id, integration_id, at, kind), (tenant_id, at, kind))
  ) as summed group by 1, 2, 3`;

const STATEMENTS = [
  'lock table deliveries, attempts in access exclusive mode',
  // Null where the row was written once.
  'alter table deliveries add previous_status text, add previous_finished_at timestamptz',
  // What is open for longest: of a tenant, and of an integration.
  `create index deliveries_open on deliveries (tenant_id, accepted_at) where status in ('pending', 'held')`,
  `create index deliveries_open_of_integration on deliveries (integration_id, accepted_at)
    where status in ('pending', 'held')`,

  countsTable('stats_minutes'),
  countsTable('stats_hours'),
  // What is past its time.
  'create index stats_minutes_by_time on stats_minutes (at)',
  'create index stats_hours_by_time on stats_hours (at)',
  `create table delivery_backlog (
    tenant_id text collate "C" not null,
    integration_id text collate "C" not null,
    pending bigint not null,
    held bigint not null,
    primary key (tenant_id, integration_id)
  ) ${OFTEN_CHANGED}`,

  counted('stats_minutes', 'minute', `where time >= now() - interval '7 days'`),
  counted('stats_hours', 'hour', ''),
  `insert into delivery_backlog
    select tenant_id, integration_id, count(*) filter (where status = 'pending'), count(*) filter (where status = 'held')
    from deliveries where status in ('pending', 'held') group by 1, 2`,
];
