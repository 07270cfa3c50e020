import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How far each partition is projected, written in the transaction of the flush: what a rebuild is compared at. A partition
 * of which nothing came since has no row.
 */
export class ProjectionPositions1765160000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table projection_positions (
      topic text collate "C" not null,
      partition integer not null,
      next_offset bigint not null,
      primary key (topic, partition)
    ) with (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table projection_positions');
  }
}
