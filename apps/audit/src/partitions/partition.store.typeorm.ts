import type { DataSource, QueryRunner } from 'typeorm';
import {
  ADD_COUNTS,
  CREATE_COUNTS_STAGING,
  countingDeliveries,
  uncountingDeliveries,
} from '../stats/count-statements.js';
import type { PartitionChange, PartitionStore, Partitions } from './partition.store.js';
import type { OutlivingRows, PartitionedTable } from './partitioned-tables.js';
import { LOCK_TIMEOUT_MS } from './partitions.bounds.js';
import { beginOf, DAY_MS, dayOfPartition, partitionName, type UtcDay } from './utc-day.js';

/** Any fixed number that nothing else in the database uses: the class of the locks below. */
const PARTITION_LOCK_CLASS = 48_163;

/** By the schema, too: two stacks in one database do not wait for each other. */
const TRY_LOCK = `select pg_try_advisory_xact_lock(${PARTITION_LOCK_CLASS}, hashtext(current_schema() || '.' || $1)) as locked`;

const PARTITIONS = `select relname as name, inhrelid is not null as attached
  from pg_class left join pg_inherits on inhrelid = oid
  where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname ~ $1 order by relname`;

type Change = (runner: QueryRunner, partition: string) => Promise<void>;

export class TypeormPartitionStore implements PartitionStore {
  constructor(private readonly dataSource: DataSource) {}

  async nowMs(): Promise<number> {
    const [{ now }] = await this.dataSource.query('select now() as now');
    return now.getTime();
  }

  async partitionsOf({ name }: PartitionedTable): Promise<Partitions> {
    const found: { name: string; attached: boolean }[] = await this.dataSource.query(PARTITIONS, [
      `^${name}_[0-9]{8}$`,
    ]);
    const daysWhere = (attached: boolean) =>
      found.filter((partition) => partition.attached === attached).map((partition) => dayOfPartition(partition.name));
    return { attached: daysWhere(true), detached: daysWhere(false) };
  }

  async daysInDefault({ name, time }: PartitionedTable, from: UtcDay, until: UtcDay, max: number): Promise<UtcDay[]> {
    const found: { day: number }[] = await this.dataSource.query(
      `select distinct floor(extract(epoch from ${time}) * 1000 / ${DAY_MS})::integer as day from ${name}_default
       where ${time} >= $1 and ${time} < $2 order by day limit ${max}`,
      [beginOf(from), beginOf(until)],
    );
    return found.map(({ day }) => day);
  }

  /**
   * Writers of the default partition wait while its rows of the day move; nothing else does before the partition is
   * attached, when also its readers wait for the blink of an eye.
   */
  create(table: PartitionedTable, day: UtcDay): Promise<PartitionChange> {
    const { name, time, storage } = table;
    const [from, to] = [`'${beginOf(day)}'`, `'${beginOf(day + 1)}'`];
    const ofDay = `${time} >= ${from} and ${time} < ${to}`;
    return this.#change(table, day, async (runner, partition) => {
      const [known] = await runner.query('select to_regclass($1) is not null as made', [partition]);
      if (known.made) return;
      await runner.query(`create table ${partition} (like ${name} including all) ${storage}`);
      // What the constraint says already, attaching does not read the rows for.
      await runner.query(`alter table ${partition} add constraint ${partition}_day check (${ofDay})`);
      await runner.query(`lock table ${name}_default in share row exclusive mode`);
      await runner.query(
        `with moved as (delete from ${name}_default where ${ofDay} returning *)
         insert into ${partition} select * from moved`,
      );
      await runner.query(`alter table ${name} attach partition ${partition} for values from (${from}) to (${to})`);
      await runner.query(`alter table ${partition} drop constraint ${partition}_day`);
    });
  }

  /** Alone in its transaction, so that the lock on the whole table is held for no longer than it takes. */
  detach(table: PartitionedTable, day: UtcDay): Promise<PartitionChange> {
    return this.#change(table, day, async (runner, partition) => {
      if (await isAttached(runner, partition)) {
        await runner.query(`alter table ${table.name} detach partition ${partition}`);
      }
    });
  }

  remove(table: PartitionedTable, day: UtcDay): Promise<PartitionChange> {
    const { name, outliving } = table;
    return this.#change(table, day, async (runner, partition) => {
      const [known] = await runner.query('select to_regclass($1) is not null as made', [partition]);
      if (!known.made || (await isAttached(runner, partition))) return;
      if (outliving) await moveOutliving(runner, name, partition, outliving);
      await runner.query(`drop table ${partition}`);
    });
  }

  /** Rows that a flush has in hand are left for the next time, so that neither waits for the other in a circle. */
  removeFromDefault(
    { name, time, outliving }: PartitionedTable,
    before: UtcDay,
    outlivingBefore: UtcDay,
    maxRows: number,
  ): Promise<number> {
    const counted = outliving ? `, counted as (${uncountingDeliveries('select * from removed')})` : '';
    return this.dataSource.transaction(async (manager) => {
      if (outliving) await manager.query(CREATE_COUNTS_STAGING);
      const [removed] = await manager.query(
        `with old as materialized (select ctid from ${name}_default
           where ${time} < $1 and (not (${outliving?.condition ?? 'false'}) or ${time} < $2)
           limit ${maxRows} for update skip locked),
         removed as (delete from ${name}_default where ctid = any (array(select ctid from old)) returning *)${counted}
         select count(*)::integer as count from removed`,
        [beginOf(before), beginOf(outlivingBefore)],
      );
      if (outliving && removed.count > 0) for (const statement of ADD_COUNTS) await manager.query(statement);
      return removed.count;
    });
  }

  async countDefault({ name }: PartitionedTable, maxRows: number): Promise<number> {
    const [found] = await this.dataSource.query(
      `select count(*)::integer as count from (select from ${name}_default limit ${maxRows}) as rows`,
    );
    return found.count;
  }

  async #change(table: PartitionedTable, day: UtcDay, change: Change): Promise<PartitionChange> {
    return this.dataSource.transaction(async ({ queryRunner: runner }) => {
      if (!runner) throw new Error('a transaction has a connection');
      const [{ locked }] = await runner.query(TRY_LOCK, [table.name]);
      if (!locked) return 'busy';
      await runner.query(`set local lock_timeout to ${LOCK_TIMEOUT_MS}`);
      await change(runner, partitionName(table.name, day));
      return 'done';
    });
  }
}

/**
 * A row that moves counts once, and so does one of which something newer came while its partition was out of the table:
 * what the old row added is taken back, and what stands in the table behind the move is added.
 */
async function moveOutliving(runner: QueryRunner, table: string, partition: string, outliving: OutlivingRows) {
  const { condition, columns, key, onConflict } = outliving;
  await runner.query(CREATE_COUNTS_STAGING);
  await runner.query(uncountingDeliveries(`select * from ${partition}`));
  const moved = `insert into ${table} (${columns}) select ${columns} from ${partition} where ${condition}
    order by ${key} on conflict (${key}) ${onConflict}`;
  await runner.query(countingDeliveries(moved));
  for (const statement of ADD_COUNTS) await runner.query(statement);
}

async function isAttached(runner: QueryRunner, partition: string): Promise<boolean> {
  const [found] = await runner.query(
    'select exists (select from pg_inherits where inhrelid = to_regclass($1)) as yes',
    [partition],
  );
  return found.yes;
}
