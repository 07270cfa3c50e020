import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SleepingLanes1764200000000 implements MigrationInterface {
  name = 'SleepingLanes1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    // A position is an offset of the partition's log: it stands in one lane only, whatever the ordering was when it came.
    // In its order an integration's backlog is bounded across its lanes.
    await runner.query(`
      ALTER TABLE waiting_delivery DROP CONSTRAINT waiting_delivery_pkey,
        ADD PRIMARY KEY (partition, integration_id, position)`);
    await runner.query(
      'CREATE INDEX waiting_delivery_lane ON waiting_delivery (partition, integration_id, lane_key, position)',
    );
    // Lanes that exist only as rows are found by the time of their next attempt: of all, and of one integration.
    await runner.query(`
      CREATE INDEX waiting_delivery_due ON waiting_delivery (partition, due_at_ms, integration_id, lane_key)
      WHERE due_at_ms IS NOT NULL`);
    await runner.query(`
      CREATE INDEX waiting_delivery_integration_due
      ON waiting_delivery (partition, integration_id, due_at_ms, lane_key) WHERE due_at_ms IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX waiting_delivery_integration_due, waiting_delivery_due, waiting_delivery_lane');
    await runner.query(`
      ALTER TABLE waiting_delivery DROP CONSTRAINT waiting_delivery_pkey,
        ADD PRIMARY KEY (partition, integration_id, lane_key, position)`);
  }
}
