import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the Idempotency-Key of the request that started a recovery is known by, and what that request said. A recovery's
 * own row holds both, so that whoever dies, there are both or neither; a key that has expired is taken from its row.
 */
export class RecoveryKeys1765300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table recoveries add key_id text collate "C", add key_fingerprint text');
    await runner.query('create unique index recoveries_key on recoveries (key_id) where key_id is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table recoveries drop key_id, drop key_fingerprint');
  }
}
