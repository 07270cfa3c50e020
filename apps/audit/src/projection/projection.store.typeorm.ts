import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DataSource } from 'typeorm';
import type { ProjectionRows } from '../project/projection-rows.js';
import type { EpochRow, MarkRow, PositionRow } from '../project/rows.js';
import { ADD_COUNTS, CREATE_COUNTS_STAGING, countingAttempts, countingDeliveries } from '../stats/count-statements.js';
import { CopyEncoder } from './copy-encoder.js';
import { TAKE_FLUSH_NUMBER, TAKEN_FLUSH_NUMBER } from './flush-number.js';
import { EPOCHS, MARKS, POSITIONS, UNREADABLE } from './progress-tables.js';
import type { ProjectionStore } from './projection.store.js';
import type { ProjectionTable, StagedTable } from './projection-table.js';
import { ACTIVITY_LOG, ATTEMPTS, AUDIT_LOG, DELIVERIES, EVENTS, SIGNALS } from './projection-tables.js';

/** In each flush the tables are written in this order and each by key, so that two processes cannot deadlock. */
export const TABLES: readonly ProjectionTable[] = [
  EPOCHS,
  MARKS,
  EVENTS,
  DELIVERIES,
  ATTEMPTS,
  AUDIT_LOG,
  ACTIVITY_LOG,
  SIGNALS,
  UNREADABLE,
  POSITIONS,
];

/** Tables whose rows are counted as they are written. */
const COUNTING: ReadonlyMap<StagedTable, (insert: string) => string> = new Map([
  [DELIVERIES, countingDeliveries],
  [ATTEMPTS, countingAttempts],
]);

interface MarkFound {
  partition: number;
  source_partition: number;
  source_offset: string;
  integration_id: string;
  set_at: string;
}

const KEPT_MAX_BYTES = 8 * 1024 * 1024;

const staging = (table: StagedTable) => `staging_${table.name}`;

/** As the table itself stores large bodies: compressed once, on their way in, or not at all. */
const createStaging = (table: StagedTable) =>
  `create temporary table if not exists ${staging(table)} (like ${table.name} including storage including compression) on commit delete rows`;

/**
 * Kafka's offsets are committed after this transaction, so it must not be lost with the server's memory, whatever the
 * server's default is. A flush is one commit, so that waiting for the disk costs next to nothing.
 */
const BEGIN = 'begin; set local synchronous_commit to on';
const BEGIN_WITH_ATTEMPTS = `${BEGIN}; ${TAKE_FLUSH_NUMBER}`;
const COMMIT = 'commit';
const COUNT_AND_COMMIT = [...ADD_COUNTS, COMMIT].join('; ');

/**
 * A flush is, for each large table, one COPY into a temporary table of the session, which writes no log, and one
 * `insert … select … on conflict`. Each commit empties all temporary tables of its session, which costs a millisecond or
 * more for each, so there are only those that the session has needed.
 */
export class TypeormProjectionStore implements ProjectionStore {
  readonly #prepared = new WeakMap<PoolClient, Set<string>>();
  /** Kept between flushes: a fresh buffer of megabytes a flush would wait long for the garbage collector. */
  readonly #encoders: CopyEncoder[] = [];

  constructor(private readonly dataSource: DataSource) {}

  async write(rows: ProjectionRows): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    const copy = this.#encoders.pop() ?? new CopyEncoder();
    try {
      const client = (await runner.connect()) as PoolClient;
      await this.#prepare(client, rows);
      await writeInTransaction(client, rows, copy);
      if (copy.capacityBytes <= KEPT_MAX_BYTES) this.#encoders.push(copy);
    } finally {
      await runner.release();
    }
  }

  async epochsOf(partitions: readonly number[]): Promise<readonly EpochRow[]> {
    const found: { partition: number; epoch: string; first_offset: string }[] = await this.dataSource.query(
      'select partition, epoch, first_offset from partition_epochs where partition = any($1)',
      [partitions],
    );
    return found.map((row) => ({
      partition: row.partition,
      epoch: Number(row.epoch),
      firstOffset: Number(row.first_offset),
    }));
  }

  async marksOf(partitions: readonly number[]): Promise<readonly MarkRow[]> {
    const found: MarkFound[] = await this.dataSource.query('select * from delivery_marks where partition = any($1)', [
      partitions,
    ]);
    return found.map((row) => ({
      partition: row.partition,
      sourcePartition: row.source_partition,
      sourceOffset: Number(row.source_offset),
      integrationId: row.integration_id,
      setAt: Number(row.set_at),
    }));
  }

  async positionsOf(topics: readonly string[]): Promise<readonly PositionRow[]> {
    const found: { topic: string; partition: number; next_offset: string }[] = await this.dataSource.query(
      'select topic, partition, next_offset from projection_positions where topic = any($1)',
      [topics],
    );
    return found.map(({ topic, partition, next_offset: next }) => ({ topic, partition, nextOffset: Number(next) }));
  }

  async #prepare(client: PoolClient, rows: ProjectionRows): Promise<void> {
    const prepared = this.#prepared.get(client) ?? new Set();
    this.#prepared.set(client, prepared);
    const needed = TABLES.filter((table): table is StagedTable => table.kind === 'staged' && table.isIn(rows)).map(
      createStaging,
    );
    if (isCounted(rows)) needed.push(CREATE_COUNTS_STAGING);
    for (const create of needed.filter((one) => !prepared.has(one))) {
      await client.query(create);
      prepared.add(create);
    }
  }
}

function isCounted(rows: ProjectionRows): boolean {
  return [...COUNTING.keys()].some((table) => table.isIn(rows));
}

async function writeInTransaction(client: PoolClient, rows: ProjectionRows, copy: CopyEncoder): Promise<void> {
  await client.query(ATTEMPTS.isIn(rows) ? BEGIN_WITH_ATTEMPTS : BEGIN);
  try {
    await writeTables(client, rows, copy);
    await client.query(isCounted(rows) ? COUNT_AND_COMMIT : COMMIT);
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** A table's rows are encoded while Postgres inserts those of the one before it. */
async function writeTables(client: PoolClient, rows: ProjectionRows, copy: CopyEncoder): Promise<void> {
  let inserting: Promise<unknown> = Promise.resolve();
  for (const table of TABLES.filter((one) => one.isIn(rows))) {
    const bytes = table.kind === 'staged' ? table.encoded(rows, copy) : null;
    await inserting;
    if (table.kind === 'small') {
      inserting = client.query({ name: table.name, text: table.statement, values: table.parametersOf(rows) });
    } else {
      const into = client.query(copyFrom(`copy ${staging(table)} (${table.columns}) from stdin (format binary)`));
      await pipeline([bytes], into);
      inserting = client.query(insertOf(table));
    }
    // It is awaited above; until then a failure is nobody's.
    inserting.catch(() => undefined);
  }
  await inserting;
}

function insertOf(table: StagedTable): string {
  const { name, columns, key, onConflict } = table;
  // What was written before keeps its number: no replay shows it to a tail again.
  const [column, value] = table === ATTEMPTS ? [', flush', `, ${TAKEN_FLUSH_NUMBER}`] : ['', ''];
  const insert = `insert into ${name} (${columns}${column}) select ${columns}${value} from ${staging(table)} order by ${key}
     on conflict (${key}) ${onConflict}`;
  const counting = COUNTING.get(table);
  return counting ? counting(insert) : insert;
}
