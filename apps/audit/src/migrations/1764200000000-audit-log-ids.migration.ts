import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lines of the audit log get ids of their own, for config's sequence numbers only those of domain events. */
export class AuditLogIds1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index audit_log_list');
    await runner.query(
      `alter table audit_log alter sequence type text collate "C" using 'aud_' || lpad(sequence::text, 16, '0')`,
    );
    await runner.query('alter table audit_log rename sequence to id');
    // The list.
    await runner.query('create index audit_log_list on audit_log (tenant_id, at)');
  }

  /** Lines that stand for no domain event have no place in the older table; its release could not read them either. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index audit_log_list');
    await runner.query(`delete from audit_log where id !~ '^aud_[0-9]{16}$'`);
    await runner.query('alter table audit_log rename id to sequence');
    await runner.query('alter table audit_log alter sequence type bigint using substring(sequence from 5)::bigint');
    await runner.query('create index audit_log_list on audit_log (tenant_id, sequence)');
  }
}
