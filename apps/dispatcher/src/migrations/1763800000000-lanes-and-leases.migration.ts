import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LanesAndLeases1763800000000 implements MigrationInterface {
  name = 'LanesAndLeases1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    // Who owns a partition, and from where a successor reads it. An owner that is null released it.
    await runner.query(`
      CREATE TABLE partition_lease (
        partition integer PRIMARY KEY,
        epoch bigint NOT NULL DEFAULT 0,
        owner text,
        renewal bigint NOT NULL DEFAULT 0,
        checkpoint jsonb
      )`);
    // Deliveries that wait. The envelope is text, not jsonb: jsonb refuses an escaped NUL, which an event may hold.
    await runner.query(`
      CREATE TABLE waiting_delivery (
        partition integer NOT NULL,
        integration_id text NOT NULL,
        lane_key text NOT NULL,
        position bigint NOT NULL,
        version bigint NOT NULL,
        attempt integer NOT NULL,
        due_at_ms bigint,
        stored_at_ms bigint NOT NULL,
        held_told boolean NOT NULL DEFAULT false,
        envelope text NOT NULL,
        data bytea NOT NULL,
        PRIMARY KEY (partition, integration_id, lane_key, position)
      )`);
    await runner.query(`
      CREATE TABLE failure_run (
        integration_id text PRIMARY KEY,
        partition integer NOT NULL,
        enablement bigint NOT NULL,
        consecutive_failures integer NOT NULL,
        failing_since_ms bigint,
        stopped text,
        sequence bigint NOT NULL
      )`);
    await runner.query('CREATE INDEX failure_run_partition ON failure_run (partition)');
    await runner.query(`
      CREATE TABLE signal_outbox (
        integration_id text NOT NULL,
        enablement bigint NOT NULL,
        type text NOT NULL,
        sequence bigint NOT NULL,
        partition integer NOT NULL,
        signal jsonb NOT NULL,
        PRIMARY KEY (integration_id, enablement, type, sequence)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE signal_outbox, failure_run, waiting_delivery, partition_lease');
  }
}
