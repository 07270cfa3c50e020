import { quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

const TABLES = ['api_keys', 'event_types', 'integrations', 'decision_rules'];

/** What a tenant's things take is summed before one may grow: by an index alone, however large they are. */
export class StateBytes1795700000000 implements MigrationInterface {
  name = 'StateBytes1795700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const into = quoted(schemaOf(queryRunner));
    for (const table of TABLES) {
      await queryRunner.query(
        `ALTER TABLE ${into}.${table}
         ADD COLUMN bytes integer GENERATED ALWAYS AS (octet_length(state::text)) STORED`,
      );
      await queryRunner.query(
        `CREATE INDEX ${table}_bytes ON ${into}.${table} (tenant_id) INCLUDE (bytes) WHERE NOT deleted`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const into = quoted(schemaOf(queryRunner));
    for (const table of TABLES) await queryRunner.query(`ALTER TABLE ${into}.${table} DROP COLUMN bytes`);
  }
}
