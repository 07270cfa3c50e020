import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A redelivery's attempts count from 1 again, perhaps in the epoch of those it repeats: where it stands in `deliveries`
 * tells them apart. The new key is what rows of the former release have, with 0 for none.
 */
export class RedeliveredAttempts1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table attempts
      add redelivery_offset bigint not null default 0,
      drop constraint attempts_pkey,
      add primary key (delivery_id, epoch, attempt, redelivery_offset)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('delete from attempts where redelivery_offset > 0');
    await runner.query(`alter table attempts
      drop constraint attempts_pkey,
      drop redelivery_offset,
      add primary key (delivery_id, epoch, attempt)`);
  }
}
