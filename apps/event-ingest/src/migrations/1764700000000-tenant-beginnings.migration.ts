import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TenantBeginnings1764700000000 implements MigrationInterface {
  name = 'TenantBeginnings1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenant_beginnings (
        tenant_id text NOT NULL,
        source_partition integer NOT NULL,
        refused_through bigint NOT NULL,
        begun boolean NOT NULL,
        seen_minute integer NOT NULL,
        PRIMARY KEY (tenant_id, source_partition)
      )`);
    await runner.query('CREATE INDEX tenant_beginnings_seen_minute ON tenant_beginnings (seen_minute)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tenant_beginnings');
  }
}
