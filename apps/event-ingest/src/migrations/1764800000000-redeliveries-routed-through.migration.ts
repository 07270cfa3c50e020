import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Offsets of `redeliveries` say nothing about those of `events`. */
export class RedeliveriesRoutedThrough1764800000000 implements MigrationInterface {
  name = 'RedeliveriesRoutedThrough1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE redeliveries_routed_through (
        source_partition integer PRIMARY KEY,
        next_offset bigint NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE redeliveries_routed_through');
  }
}
