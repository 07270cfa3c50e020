import { quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

/** What was told of each failure run, and who wants to be told: a few integrations of thousands. */
export class OperationalEvents1795400000000 implements MigrationInterface {
  name = 'OperationalEvents1795400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const into = quoted(schemaOf(queryRunner));
    await queryRunner.query(
      `ALTER TABLE ${into}.integration_failures
         ADD COLUMN told boolean NOT NULL DEFAULT false,
         ADD COLUMN told_since timestamptz NOT NULL DEFAULT to_timestamp(0),
         ADD COLUMN told_count integer NOT NULL DEFAULT 0`,
    );
    await queryRunner.query(
      `CREATE INDEX integrations_told ON ${into}.integrations (tenant_id)
       WHERE NOT deleted AND position('"hookstile.' in (state #> '{settings,eventTypes}')::text) > 0`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const from = quoted(schemaOf(queryRunner));
    await queryRunner.query(`DROP INDEX ${from}.integrations_told`);
    await queryRunner.query(
      `ALTER TABLE ${from}.integration_failures DROP COLUMN told, DROP COLUMN told_since, DROP COLUMN told_count`,
    );
  }
}
