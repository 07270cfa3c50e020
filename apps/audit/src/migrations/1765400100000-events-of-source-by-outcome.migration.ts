import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the two filters together: few events are not routed, and those of one source are few of many. */
export class EventsOfSourceByOutcome1765400100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create index events_of_source_by_outcome
       on events (tenant_id, hashtextextended(source, 0), outcome collate "C", accepted_at) where outcome <> 'routed'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index events_of_source_by_outcome');
  }
}
