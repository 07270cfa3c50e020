import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Inbox1764000000000 implements MigrationInterface {
  name = 'Inbox1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE inbox (
        key uuid PRIMARY KEY,
        source_partition integer NOT NULL,
        source_offset bigint NOT NULL,
        body_hash uuid NOT NULL,
        received_minute integer NOT NULL
      )`);
    await runner.query('CREATE INDEX inbox_received_minute ON inbox (received_minute)');
    await runner.query(`
      CREATE TABLE routed_through (
        source_partition integer PRIMARY KEY,
        next_offset bigint NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE routed_through');
    await runner.query('DROP TABLE inbox');
  }
}
