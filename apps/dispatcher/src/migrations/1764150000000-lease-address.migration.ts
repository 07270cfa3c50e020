import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LeaseAddress1764150000000 implements MigrationInterface {
  name = 'LeaseAddress1764150000000';

  async up(runner: QueryRunner): Promise<void> {
    // Where the owner's HTTP server is reached; null while it is not known.
    await runner.query('ALTER TABLE partition_lease ADD COLUMN address text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE partition_lease DROP COLUMN address');
  }
}
