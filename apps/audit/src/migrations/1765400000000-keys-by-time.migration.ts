import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys of deliveries and attempts begin with the time, so that rows that come together lie together in them. By their
 * ids, which are digests, rows are found in an index of a few bytes each.
 */
export class KeysByTime1765400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const { table, key, index, time } of TABLES) {
      await runner.query(`alter table ${table} drop constraint ${table}_pkey`);
      await runner.query(`alter table ${table} add primary key (${time}, ${key})`);
      await runner.query(`create index ${index} on ${table} (substr(delivery_id, 5, 7))`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, key, index, time } of TABLES) {
      await runner.query(`drop index ${index}`);
      await runner.query(`alter table ${table} drop constraint ${table}_pkey`);
      await runner.query(`alter table ${table} add primary key (${key}, ${time})`);
    }
  }
}

const TABLES = [
  { table: 'deliveries', key: 'delivery_id', time: 'accepted_at', index: 'deliveries_by_id' },
  {
    table: 'attempts',
    key: 'delivery_id, epoch, attempt, redelivery_offset',
    time: 'at',
    index: 'attempts_by_delivery',
  },
];
