import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Attempts of several deliveries are found by each one's event. */
export class BatchedAttempts1764200100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Their order follows delivery_ids; event_types holds each type once.
    await runner.query('alter table attempts add event_ids text[], add event_types text[]');
    // A list counts the attempts of each of its deliveries, and each count would walk through the pending entries.
    await runner.query('alter index attempts_of_batched set (fastupdate = off)');
    await runner.query(`select gin_clean_pending_list('attempts_of_batched'::regclass)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter index attempts_of_batched reset (fastupdate)');
    await runner.query('alter table attempts drop event_ids, drop event_types');
  }
}
