import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The activity log: one row a decision. */
export class ActivityLog1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table activity_log');
  }
}

const STATEMENTS = [
  `create table activity_log (
    id text collate "C" primary key,
    tenant_id text collate "C" not null,
    at timestamptz not null,
    rule_id text collate "C" not null,
    rule_name text not null,
    rule_version integer not null,
    decision text not null,
    code text not null,
    reason text not null,
    http_status integer,
    duration_ms double precision not null,
    cached boolean not null,
    username text collate "C",
    remote_ip text,
    device_id text,
    trace_id text
  )`,
  // The list.
  'create index activity_log_list on activity_log (tenant_id, at)',
  // The filter ruleId.
  'create index activity_log_of_rule on activity_log (rule_id, at)',
  // The filter username: why was this user denied?
  'create index activity_log_of_user on activity_log (tenant_id, username, at) where username is not null',
  // The filters decision=denied and code, but for what most decisions are.
  `create index activity_log_denied on activity_log (tenant_id, at) where decision = 'denied'`,
];
