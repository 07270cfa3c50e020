import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each filter of a list leads to its rows in the list's order, newest first, through an index of its own; but for values
 * that nearly all rows have, which the list itself meets soon. Equality needs no locale's comparison: `collate "C"`.
 */
export class SearchIndexes1765200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index events_not_routed, deliveries_undelivered');
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index ${STATEMENTS.map((statement) => statement.split(' ')[2]).join(', ')}`);
    await runner.query(`create index events_not_routed on events (tenant_id, accepted_at) where outcome <> 'routed'`);
    await runner.query(
      `create index deliveries_undelivered on deliveries (tenant_id, accepted_at) where status <> 'delivered'`,
    );
  }
}

const STATEMENTS = [
  // Sources may be longer than an index takes.
  'create index events_of_source on events (tenant_id, hashtextextended(source, 0), accepted_at)',
  `create index events_by_outcome on events (tenant_id, outcome collate "C", accepted_at) where outcome <> 'routed'`,
  'create index deliveries_of_type on deliveries (tenant_id, event_type collate "C", accepted_at)',
  `create index deliveries_by_status on deliveries (tenant_id, status collate "C", accepted_at)
   where status <> 'delivered'`,
  // Also the words that a search looks for: the first entry of each type is one step away from that of the one before.
  'create index attempts_of_type on attempts (tenant_id, event_type collate "C", at)',
  `create index attempts_by_error on attempts (tenant_id, error collate "C", at) where error is not null`,
  // Longer than an index takes.
  `create index attempts_by_error_detail on attempts (tenant_id, (left(error_detail, 200) collate "C"), at)
   where error_detail is not null`,
  'create index attempts_by_status on attempts (tenant_id, http_status, at) where http_status <> 200',
  `create index attempts_by_trigger on attempts (tenant_id, trigger collate "C", at) where trigger <> 'event'`,
  // Of batches the other indexes know the first delivery.
  'create index attempts_batched on attempts (tenant_id, at) where delivery_ids is not null',
  'create index attempts_of_trace on attempts (hashtextextended(trace_id, 0)) where trace_id is not null',
  `create index activity_log_by_code on activity_log (tenant_id, code collate "C", at) where code <> 'matched'`,
  'create index audit_log_of_actor on audit_log (tenant_id, actor_id collate "C", at)',
  'create index audit_log_of_action on audit_log (tenant_id, action collate "C", at)',
  'create index audit_log_of_subject_type on audit_log (tenant_id, subject_type collate "C", at)',
  'create index audit_log_of_subject on audit_log (tenant_id, subject_id collate "C", at)',
];
