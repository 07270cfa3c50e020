import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The live tail reads attempts in the order of the flushes that wrote them. Rows from before have no flush, and no tail
 * ever shows them; nor those that a process of the former release still writes.
 */
export class AttemptFlushes1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create sequence attempt_flushes');
    await runner.query('alter table attempts add flush bigint');
    // One tenant's rows behind a position: what a tail that catches up reads, and each look at what is new.
    await runner.query('create index attempts_tail on attempts (tenant_id, flush) where flush is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table attempts drop flush');
    await runner.query('drop sequence attempt_flushes');
  }
}
