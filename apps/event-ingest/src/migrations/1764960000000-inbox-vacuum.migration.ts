import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each row is deleted a day later. By default a vacuum would begin only once a fifth of the table is dead; at a fiftieth its
 * list of dead rows fits into the memory that Postgres gives it, also of hundreds of millions of rows.
 */
export class InboxVacuum1764960000000 implements MigrationInterface {
  name = 'InboxVacuum1764960000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0.02)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox RESET (autovacuum_vacuum_scale_factor)');
  }
}
