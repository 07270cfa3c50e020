import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Recoveries, and the deliveries that each still has to do with: a member's row goes when its delivery has ended again,
 * and is counted in the recovery's. They follow from no topic: no rebuild may touch them.
 */
export class Recoveries1765035000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table recovery_members, recoveries');
    await runner.query('alter table deliveries drop first_offset');
  }
}

const STATEMENTS = [
  `create table recoveries (
    id text collate "C" primary key,
    tenant_id text collate "C" not null,
    integration_id text collate "C" not null,
    since timestamptz not null,
    until timestamptz not null,
    selected text not null,
    rate_per_second integer not null,
    status text not null,
    reason text,
    started_at timestamptz not null,
    started_by jsonb not null,
    finished_at timestamptz,
    stopped_by jsonb,
    matched integer not null,
    queued integer not null default 0,
    expired integer not null default 0,
    delivered integer not null default 0,
    failed integer not null default 0,
    discarded integer not null default 0,
    claimed_through integer not null default 0,
    queued_through integer not null default 0,
    waiting_dropped boolean not null default false,
    start_told boolean not null default false,
    stop_told boolean not null default false,
    closed boolean not null default false,
    epoch bigint not null default 0,
    owner text,
    leased_until timestamptz
  )`,
  // The list.
  'create index recoveries_list on recoveries (tenant_id, started_at)',
  // One at a time: two would send the same deliveries in an order of chance.
  `create unique index recoveries_running on recoveries (integration_id) where status = 'running'`,
  // What needs work; empty most of the time.
  'create index recoveries_open on recoveries (leased_until) where not closed',
  `create table recovery_members (
    recovery_id text collate "C" not null,
    position integer not null,
    delivery_id text collate "C" not null,
    accepted_at timestamptz not null,
    delivery_offset bigint not null,
    status text not null,
    reason text,
    primary key (recovery_id, position)
  )`,
  // The order of a recovery. Rows of the former release have none, and stand where they were sent last.
  'alter table deliveries add first_offset bigint',
];
