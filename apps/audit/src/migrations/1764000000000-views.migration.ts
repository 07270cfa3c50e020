import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The views' tables. Ids are compared as bytes (`collate "C"`): they are made of ASCII, and a locale's comparison
 * costs several times as much in each index.
 *
 * Keys are chosen so that events, deliveries and attempts can be partitioned by day later: the time that each list is
 * ordered by (`accepted_at`, `accepted_at`, `at`) stands in every record that writes the row and never changes, so a
 * partitioned table takes the key (primary key, that time) and the same upserts.
 *
 * No index but for a named need; each one says which. Filters without an index narrow a scan of the tenant's list.
 */
export class Views1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table events, deliveries, attempts, audit_log, integration_signals, partition_epochs, unreadable_records',
    );
  }
}

const STATEMENTS = [
  `create table events (
    tenant_id text collate "C" not null,
    event_id text collate "C" not null,
    source_partition integer not null,
    source_offset bigint not null,
    source text,
    type text,
    subject text,
    event_time text,
    accepted_at timestamptz not null,
    via text not null,
    outcome text not null,
    reason text,
    detail text,
    delivery_ids text[] not null,
    integration_ids text[] not null,
    trace_id text,
    primary key (tenant_id, event_id, source_partition, source_offset)
  )`,
  // The list; the primary key serves the filters eventId, here and in the other two lists.
  'create index events_list on events (tenant_id, accepted_at)',
  // The filter outcome, but for what nearly all events are.
  `create index events_not_routed on events (tenant_id, accepted_at) where outcome <> 'routed'`,

  `create table deliveries (
    delivery_id text collate "C" primary key,
    tenant_id text collate "C" not null,
    integration_id text collate "C" not null,
    event_id text not null,
    event_source text not null,
    event_type text not null,
    accepted_at timestamptz not null,
    status text not null,
    reason text,
    next_attempt_at timestamptz,
    finished_at timestamptz,
    delivery_offset bigint not null,
    epoch bigint not null,
    sequence bigint not null
  ) with (fillfactor = 90)`,
  'create index deliveries_list on deliveries (tenant_id, accepted_at)',
  // The filter integrationId.
  'create index deliveries_of_integration on deliveries (integration_id, accepted_at)',
  // The filter status, but for what nearly all deliveries are.
  `create index deliveries_undelivered on deliveries (tenant_id, accepted_at) where status <> 'delivered'`,

  `create table attempts (
    attempt_id text not null,
    tenant_id text collate "C" not null,
    integration_id text collate "C" not null,
    delivery_id text collate "C" not null,
    delivery_ids text[],
    event_id text not null,
    event_source text not null,
    event_type text not null,
    at timestamptz not null,
    epoch integer not null,
    attempt integer not null,
    trigger text not null,
    outcome text not null,
    http_status integer,
    error text,
    error_detail text,
    duration_ms double precision not null,
    next_attempt_at timestamptz,
    trace_id text,
    late boolean not null,
    method text not null,
    url text not null,
    request_headers text not null,
    request_truncated boolean not null,
    response_headers text,
    response_truncated boolean not null,
    request_body bytea,
    response_body bytea,
    primary key (delivery_id, epoch, attempt)
  )`,
  // Large bodies go out of line as they are: compressing each of them would cost more than all other work on the row.
  'alter table attempts alter request_body set storage external, alter response_body set storage external',
  // The list. The primary key is what an attempt's id is made of, and serves the filters deliveryId and eventId.
  'create index attempts_list on attempts (tenant_id, at)',
  // The filter integrationId.
  'create index attempts_of_integration on attempts (integration_id, at)',
  // The filters outcome=failed and error.
  `create index attempts_failed on attempts (tenant_id, at) where outcome = 'failed'`,
  // The filter deliveryId for pushes of several deliveries; empty otherwise.
  'create index attempts_of_batched on attempts using gin (delivery_ids) where delivery_ids is not null',

  `create table audit_log (
    sequence bigint primary key,
    tenant_id text collate "C" not null,
    at timestamptz not null,
    action text not null,
    actor_type text not null,
    actor_id text,
    actor_name text,
    actor_role text,
    subject_type text not null,
    subject_id text not null,
    subject_name text,
    before text not null,
    after text not null,
    request_id text
  )`,
  'create index audit_log_list on audit_log (tenant_id, sequence)',

  `create table integration_signals (
    integration_id text collate "C" not null,
    enablement bigint not null,
    type text collate "C" not null,
    sequence bigint not null,
    tenant_id text collate "C" not null,
    reason text,
    consecutive_failures bigint not null,
    at timestamptz not null,
    primary key (integration_id, enablement, type, sequence)
  )`,

  `create table partition_epochs (
    partition integer not null,
    epoch bigint not null,
    first_offset bigint not null,
    primary key (partition, epoch)
  )`,

  `create table unreadable_records (
    topic text collate "C" not null,
    partition integer not null,
    record_offset bigint not null,
    detail text not null,
    at timestamptz not null,
    primary key (topic, partition, record_offset)
  )`,
];
