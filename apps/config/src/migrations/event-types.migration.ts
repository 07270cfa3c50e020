import { quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

/** The read model of event types. */
export class EventTypes1764900000000 implements MigrationInterface {
  name = 'EventTypes1764900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const into = quoted(schemaOf(queryRunner));
    await queryRunner.query(
      `CREATE TABLE ${into}.event_types (
        id text PRIMARY KEY,
        tenant_id text NOT NULL,
        version integer NOT NULL,
        deleted boolean NOT NULL,
        position bigint NOT NULL,
        state jsonb NOT NULL
      )`,
    );
    await queryRunner.query(
      `CREATE INDEX event_types_newest ON ${into}.event_types (tenant_id, position DESC) WHERE NOT deleted`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${quoted(schemaOf(queryRunner))}.event_types`);
  }
}
