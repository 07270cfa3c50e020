import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts by the minute and by the hour, of each integration and, under '', of each tenant. */
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
const OFTEN_CHANGED = 'with (fillfactor = 50)';

const countsTable = (name: string) => `create table ${name} (
    tenant_id text collate "C" not null,
    integration_id text collate "C" not null,
    at timestamptz not null,
    succeeded bigint not null,
    failed bigint not null,
    opened bigint not null,
    ended bigint not null,
    kinds text[] collate "C" not null,
    counts bigint[] not null,
    primary key (tenant_id, integration_id, at)
  ) ${OFTEN_CHANGED}`;

const STATEMENTS = [
  // Null where the row was written once.
  'alter table deliveries add previous_status text, add previous_finished_at timestamptz',
  // What is open for longest: of a tenant, and of an integration.
  `create index deliveries_open on deliveries (tenant_id, accepted_at) where status in ('pending', 'held')`,
  `create index deliveries_open_of_integration on deliveries (integration_id, accepted_at)
    where status in ('pending', 'held')`,

  countsTable('stats_minutes'),
  countsTable('stats_hours'),
  `create table delivery_backlog (
    tenant_id text collate "C" not null,
    integration_id text collate "C" not null,
    pending bigint not null,
    held bigint not null,
    primary key (tenant_id, integration_id)
  ) ${OFTEN_CHANGED}`,
];
