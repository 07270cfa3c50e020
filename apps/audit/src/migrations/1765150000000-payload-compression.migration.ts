import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Bodies are compressed with lz4 where the server was built with it: half the disk at no CPU that could be measured.
 * Elsewhere they stay as they are, for the server's own method takes four times the CPU of the whole insert. Rows of
 * before stay as they were stored; both can be read.
 */
export class PayloadCompression1765150000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const [{ known }] = await runner.query(
      `select 'lz4' = any (enumvals) as known from pg_settings where name = 'default_toast_compression'`,
    );
    if (known) await store(runner, 'extended', 'lz4');
  }

  async down(runner: QueryRunner): Promise<void> {
    await store(runner, 'external', 'default');
  }
}

/** The table, whose partitions to come are made like it, and those that are there. */
async function store(runner: QueryRunner, storage: string, compression: string): Promise<void> {
  const partitions: { name: string }[] = await runner.query(
    `select 'attempts' as name union all
     select inhrelid::regclass::text from pg_inherits where inhparent = 'attempts'::regclass`,
  );
  for (const { name } of partitions) {
    await runner.query(`alter table ${name}
      alter request_body set storage ${storage}, alter request_body set compression ${compression},
      alter response_body set storage ${storage}, alter response_body set compression ${compression}`);
  }
}
