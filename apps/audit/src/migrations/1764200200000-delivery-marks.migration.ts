import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What dispatchers took of each partition of `deliveries`; a few rows a partition. */
export class DeliveryMarks1764200200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table delivery_marks (
      partition integer not null,
      source_partition integer not null,
      source_offset bigint not null,
      integration_id text collate "C" not null,
      set_at bigint not null,
      primary key (partition, source_partition)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table delivery_marks');
  }
}
