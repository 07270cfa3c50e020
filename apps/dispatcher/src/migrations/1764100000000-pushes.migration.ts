import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Pushes1764100000000 implements MigrationInterface {
  name = 'Pushes1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    // The first position of the push that a row failed in together with others; the version that exhausted its attempts.
    await runner.query('ALTER TABLE waiting_delivery ADD COLUMN push bigint, ADD COLUMN exhausted_under bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE waiting_delivery DROP COLUMN push, DROP COLUMN exhausted_under');
  }
}
