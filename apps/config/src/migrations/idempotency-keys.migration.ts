import { quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

/** The answers that are given again to requests with the same Idempotency-Key. */
export class IdempotencyKeys1795500000000 implements MigrationInterface {
  name = 'IdempotencyKeys1795500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const into = quoted(schemaOf(queryRunner));
    await queryRunner.query(
      `CREATE TABLE ${into}.idempotency_keys (
        id text PRIMARY KEY,
        tenant_id text,
        fingerprint text NOT NULL,
        content jsonb NOT NULL,
        outbox_ids bigint[] NOT NULL,
        expires_at timestamptz NOT NULL
      )`,
    );
    await queryRunner.query(`CREATE INDEX idempotency_keys_expired ON ${into}.idempotency_keys (expires_at)`);
    await queryRunner.query(
      `CREATE INDEX idempotency_keys_tenant ON ${into}.idempotency_keys (tenant_id) WHERE tenant_id IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${quoted(schemaOf(queryRunner))}.idempotency_keys`);
  }
}
