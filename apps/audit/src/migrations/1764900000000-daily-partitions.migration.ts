import type { MigrationInterface, QueryRunner } from 'typeorm';

interface Table {
  name: string;
  /** The column that its list is ordered by. */
  time: string;
  key: string;
  /** Of each partition; the partitioned table itself stores nothing. */
  storage: string;
  indexes: readonly string[];
}

/**
 * The four large tables become tables of a partition a UTC day, so that retention drops a table instead of deleting
 * rows. What lies in no partition's day goes into the default one. The time of the list becomes part of the key: it is
 * the same in every record that writes a row.
 */
export class DailyPartitions1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await partition(runner, table);
  }

  /** Of deliveries with one id the former table has place for one: the one that was accepted last stays. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await unite(runner, table);
  }
}

const TABLES: readonly Table[] = [
  {
    name: 'events',
    time: 'accepted_at',
    key: 'tenant_id, event_id, source_partition, source_offset',
    storage: '',
    indexes: [
      'create index events_list on events (tenant_id, accepted_at)',
      `create index events_not_routed on events (tenant_id, accepted_at) where outcome <> 'routed'`,
    ],
  },
  {
    name: 'deliveries',
    time: 'accepted_at',
    key: 'delivery_id',
    storage: 'with (fillfactor = 90)',
    indexes: [
      'create index deliveries_list on deliveries (tenant_id, accepted_at)',
      'create index deliveries_of_integration on deliveries (integration_id, accepted_at)',
      `create index deliveries_undelivered on deliveries (tenant_id, accepted_at) where status <> 'delivered'`,
    ],
  },
  {
    name: 'attempts',
    time: 'at',
    key: 'delivery_id, epoch, attempt, redelivery_offset',
    storage: '',
    indexes: [
      'create index attempts_list on attempts (tenant_id, at)',
      'create index attempts_of_integration on attempts (integration_id, at)',
      `create index attempts_failed on attempts (tenant_id, at) where outcome = 'failed'`,
      `create index attempts_of_batched on attempts using gin (delivery_ids) with (fastupdate = off)
       where delivery_ids is not null`,
      'create index attempts_tail on attempts (tenant_id, flush) where flush is not null',
    ],
  },
  {
    name: 'activity_log',
    time: 'at',
    key: 'id',
    storage: '',
    indexes: [
      'create index activity_log_list on activity_log (tenant_id, at)',
      'create index activity_log_of_rule on activity_log (rule_id, at)',
      'create index activity_log_of_user on activity_log (tenant_id, username, at) where username is not null',
      `create index activity_log_denied on activity_log (tenant_id, at) where decision = 'denied'`,
    ],
  },
];

/** Days before today whose rows get partitions of their own, and days from today that a fresh database has. */
const DAYS_BACK = 31;
const DAYS_AHEAD = 3;

/** Indexes are built once the rows are there. Their names are those of the former table's, which go first. */
async function partition(runner: QueryRunner, table: Table): Promise<void> {
  const { name, time, key, storage, indexes } = table;
  await runner.query(`alter table ${name} rename to ${name}_whole`);
  await dropIndexes(runner, table, `${name}_whole`);
  await runner.query(
    `create table ${name} (like ${name}_whole including storage including defaults) partition by range (${time})`,
  );
  await runner.query(`create table ${name}_default partition of ${name} default ${storage}`);
  for (const day of await daysOf(runner, `${name}_whole`, time)) {
    await runner.query(
      `create table ${name}_${day.replaceAll('-', '')} partition of ${name}
       for values from ('${day}T00:00:00Z') to (timestamptz '${day}T00:00:00Z' + interval '1 day') ${storage}`,
    );
  }
  await runner.query(`insert into ${name} select * from ${name}_whole`);
  await runner.query(`drop table ${name}_whole`);
  await runner.query(`alter table ${name} add primary key (${key}, ${time})`);
  for (const index of indexes) await runner.query(index);
}

async function unite(runner: QueryRunner, table: Table): Promise<void> {
  const { name, time, key, storage, indexes } = table;
  await runner.query(`alter table ${name} rename to ${name}_parts`);
  await dropIndexes(runner, table, `${name}_parts`);
  await runner.query(`create table ${name} (like ${name}_parts including storage including defaults) ${storage}`);
  await runner.query(
    `insert into ${name} select distinct on (${key}) * from ${name}_parts order by ${key}, ${time} desc`,
  );
  await runner.query(`drop table ${name}_parts`);
  await runner.query(`alter table ${name} add primary key (${key})`);
  for (const index of indexes) await runner.query(index);
}

/** So that the new table's can have their names. */
async function dropIndexes(runner: QueryRunner, { name, indexes }: Table, table: string): Promise<void> {
  await runner.query(`alter table ${table} drop constraint ${name}_pkey`);
  await runner.query(`drop index ${indexes.map((index) => index.split(' ')[2]).join(', ')}`);
}

/** As texts like 2026-01-02. */
async function daysOf(runner: QueryRunner, table: string, time: string): Promise<string[]> {
  const found: { day: string }[] = await runner.query(
    `with bounds as (select (now() at time zone 'UTC')::date as today)
     select to_char(day, 'YYYY-MM-DD') as day from (
       select today + n as day from bounds, generate_series(-1, ${DAYS_AHEAD}) as n
       union select distinct (${time} at time zone 'UTC')::date from ${table}, bounds
         where ${time} >= (today - ${DAYS_BACK})::timestamp at time zone 'UTC'
           and ${time} < (today + ${DAYS_AHEAD})::timestamp at time zone 'UTC') as days order by day`,
  );
  return found.map(({ day }) => day);
}
