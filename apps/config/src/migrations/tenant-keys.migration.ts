import { quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

/** The keys of tenants' secrets, each under a key of the ring; without one once the tenant is deleted. */
export class TenantKeys1795300000000 implements MigrationInterface {
  name = 'TenantKeys1795300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE ${quoted(schemaOf(queryRunner))}.tenant_keys (
        tenant_id text PRIMARY KEY,
        version integer NOT NULL,
        key_id text,
        nonce text,
        ciphertext text,
        at timestamptz NOT NULL,
        CHECK (num_nulls(key_id, nonce, ciphertext) IN (0, 3))
      )`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${quoted(schemaOf(queryRunner))}.tenant_keys`);
  }
}
