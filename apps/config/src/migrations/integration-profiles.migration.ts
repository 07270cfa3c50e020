import { quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

/** Profiles with a single endpoint, and changes of a plan, ask for a tenant's integrations by profile: one of 10,000. */
export class IntegrationProfiles1795600000000 implements MigrationInterface {
  name = 'IntegrationProfiles1795600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX integrations_profiles ON ${quoted(schemaOf(queryRunner))}.integrations
         (tenant_id, (state->'settings'->>'profile')) WHERE NOT deleted`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX ${quoted(schemaOf(queryRunner))}.integrations_profiles`);
  }
}
