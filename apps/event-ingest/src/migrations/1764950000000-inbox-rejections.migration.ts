import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that the configuration rejected, by where they stood; `vacant` is a key that only such events had so far. */
export class InboxRejections1764950000000 implements MigrationInterface {
  name = 'InboxRejections1764950000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox ADD COLUMN vacant boolean NOT NULL DEFAULT false');
    await runner.query(`
      CREATE TABLE inbox_rejections (
        source_partition integer NOT NULL,
        source_offset bigint NOT NULL,
        detail text NOT NULL,
        rejected_minute integer NOT NULL,
        PRIMARY KEY (source_partition, source_offset)
      )`);
    await runner.query('CREATE INDEX inbox_rejections_rejected_minute ON inbox_rejections (rejected_minute)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox_rejections');
    // A release that knows no vacant rows would take them for events that were taken.
    await runner.query('DELETE FROM inbox WHERE vacant');
    await runner.query('ALTER TABLE inbox DROP COLUMN vacant');
  }
}
