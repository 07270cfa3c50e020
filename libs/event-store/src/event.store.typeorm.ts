import type { ClientBase, QueryResultRow } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import {
  type AggregateRef,
  type Committed,
  type EventStore,
  type EventStoreTransaction,
  LOCK_WAIT_MAX_MS,
  type NewDomainEvent,
  type OutboxRecord,
  type StoredDomainEvent,
} from './event.store.js';
import { EventStoreError } from './event-store.error.js';
import { quoted } from './event-store-tables.js';
import { OUTBOX_BATCH_MAX_ROWS } from './outbox-relay.js';

const UNIQUE_VIOLATION = '23505';
const LOCK_NOT_AVAILABLE = '55P03';
/** Records of a transaction that wait in memory to be written to the outbox together. */
const ENQUEUED_MAX_ROWS = 500;
const ENQUEUED_MAX_BYTES = 4 * 1024 * 1024;

/** A domain event as Postgres gives it. */
export interface StoredRow {
  sequence: string;
  version: number;
  type: string;
  at: Date;
  schema_version: number;
  data: unknown;
  metadata: unknown;
}

/** The event store over Postgres; its tables are those of `eventStoreTables(schema)`. */
export class TypeormEventStore implements EventStore<EntityManager> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly schema: string,
  ) {}

  async transaction<T>(work: (transaction: EventStoreTransaction<EntityManager>) => Promise<T>): Promise<Committed<T>> {
    try {
      return await this.dataSource.transaction(async (manager) => {
        const transaction = new TypeormEventStoreTransaction(manager, quoted(this.schema));
        const result = await work(transaction);
        return { result, outboxIds: await transaction.outboxIds() };
      });
    } catch (error) {
      throw translated(error);
    }
  }

  async read(ref: AggregateRef, after: number, limit: number): Promise<StoredDomainEvent[]> {
    const rows: StoredRow[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM ${quoted(this.schema)}.domain_events
       WHERE aggregate = $1 AND aggregate_id = $2 AND version > $3 ORDER BY version LIMIT $4`,
      [ref.aggregate, ref.id, after, limit],
    );
    return rows.map(storedDomainEventOf);
  }
}

/** The columns of `StoredRow`. */
const COLUMNS = 'sequence, version, type, at, schema_version, data, metadata';

/**
 * A statement of a transaction that every change makes: each connection keeps it under its name, so that Postgres parses
 * and plans it once. It names its columns: of `*` Postgres would refuse to answer, once a migration has added one.
 * Rejects as TypeORM's own `query` does.
 */
export async function preparedQuery<Row extends QueryResultRow>(
  { queryRunner }: EntityManager,
  name: string,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  if (!queryRunner) throw new Error('a prepared statement needs its transaction');
  const client: ClientBase = await queryRunner.connect();
  try {
    return (await client.query<Row>({ name, text, values })).rows;
  } catch (error) {
    throw new QueryFailedError(text, values, error as Error);
  }
}

class TypeormEventStoreTransaction implements EventStoreTransaction<EntityManager> {
  /** What nobody else can write until the end of the transaction. */
  private readonly locked = new Set<string>();
  private readonly enqueued: OutboxRecord[] = [];
  private enqueuedBytes = 0;
  private readonly ids: number[] = [];

  constructor(
    readonly handle: EntityManager,
    private readonly schema: string,
  ) {}

  async lockShared(ref: AggregateRef): Promise<void> {
    await this.take(ref, 'pg_advisory_xact_lock_shared');
  }

  async lock(ref: AggregateRef): Promise<void> {
    const name = lockName(ref);
    if (this.locked.has(name)) return;
    await this.take(ref, 'pg_advisory_xact_lock');
    this.locked.add(name);
  }

  begin(ref: AggregateRef): void {
    this.locked.add(lockName(ref));
  }

  async load(ref: AggregateRef): Promise<StoredDomainEvent[]> {
    await this.lock(ref);
    // A statement of its own: the snapshot of one that also took the lock would be older than the lock.
    const rows = await preparedQuery<StoredRow>(
      this.handle,
      'load-stream',
      `SELECT ${COLUMNS} FROM ${this.schema}.domain_events
       WHERE aggregate = $1 AND aggregate_id = $2 ORDER BY version`,
      [ref.aggregate, ref.id],
    );
    return rows.map(storedDomainEventOf);
  }

  async append(
    ref: AggregateRef,
    expectedVersion: number,
    events: readonly NewDomainEvent[],
  ): Promise<readonly StoredDomainEvent[]> {
    if (events.length === 0) return [];
    // The lock comes before the sequence id, so that one aggregate's ids rise in the order of its versions.
    await this.lock(ref);
    const rows = await preparedQuery<StoredRow>(
      this.handle,
      'append',
      `WITH stream AS (SELECT coalesce(max(version), 0) AS version FROM ${this.schema}.domain_events
                       WHERE aggregate = $1 AND aggregate_id = $2)
       INSERT INTO ${this.schema}.domain_events
         (aggregate, aggregate_id, version, type, at, schema_version, data, metadata)
       SELECT $1, $2, $3::integer + e.n, e.type, e.at, e.schema_version, e.data, e.metadata
       FROM stream, unnest($4::text[], $5::timestamptz[], $6::integer[], $7::jsonb[], $8::jsonb[])
         WITH ORDINALITY AS e (type, at, schema_version, data, metadata, n)
       WHERE stream.version = $3::integer
       ORDER BY e.n RETURNING ${COLUMNS}`,
      [
        ref.aggregate,
        ref.id,
        expectedVersion,
        events.map(({ type }) => type),
        events.map(({ at }) => at),
        events.map(({ schemaVersion }) => schemaVersion),
        events.map(({ data }) => JSON.stringify(data)),
        events.map(({ metadata }) => JSON.stringify(metadata)),
      ],
    );
    if (rows.length !== events.length) throw versionConflict(ref, expectedVersion);
    return rows.map(storedDomainEventOf);
  }

  /** Written together at the end, as long as they are few: a transaction of many changes would else wait for each. */
  async enqueue(records: readonly OutboxRecord[]): Promise<void> {
    this.enqueued.push(...records);
    this.enqueuedBytes += records.reduce((bytes, { value }) => bytes + value.length, 0);
    const isFull = this.enqueued.length >= ENQUEUED_MAX_ROWS || this.enqueuedBytes >= ENQUEUED_MAX_BYTES;
    if (isFull) await this.writeOutbox();
  }

  async outboxIds(): Promise<readonly number[]> {
    await this.writeOutbox();
    return this.ids.length > 0 ? [...this.ids] : this.newestUnpublished();
  }

  private async writeOutbox(): Promise<void> {
    const records = this.enqueued.splice(0);
    this.enqueuedBytes = 0;
    if (records.length === 0) return;
    const rows = await preparedQuery<{ id: string }>(
      this.handle,
      'enqueue',
      `INSERT INTO ${this.schema}.outbox (topic, partition, key, headers, value)
       SELECT r.topic, r.partition, r.key, r.headers, r.value
       FROM unnest($1::text[], $2::integer[], $3::text[], $4::jsonb[], $5::bytea[])
         WITH ORDINALITY AS r (topic, partition, key, headers, value, n)
       ORDER BY r.n RETURNING id`,
      [
        records.map(({ topic }) => topic),
        records.map(({ partition }) => partition),
        records.map(({ key }) => key),
        records.map(({ headers }) => JSON.stringify(headers)),
        records.map(({ value }) => value),
      ],
    );
    for (const { id } of rows) this.ids.push(Number(id));
  }

  /**
   * The newest row alone would not do: the relay may have it in hand already, in a batch that it read before a slower
   * transaction committed below it. Of more rows than a batch takes at least one is published by a batch that is read
   * later, and that one has whatever was committed below.
   */
  private async newestUnpublished(): Promise<number[]> {
    const rows: { id: string }[] = await this.handle.query(
      `SELECT id FROM ${this.schema}.outbox WHERE published_at IS NULL ORDER BY id DESC LIMIT $1`,
      [OUTBOX_BATCH_MAX_ROWS + 1],
    );
    return rows.map(({ id }) => Number(id)).reverse();
  }

  private async take(ref: AggregateRef, lock: string): Promise<void> {
    await preparedQuery(
      this.handle,
      lock,
      `SELECT set_config('lock_timeout', $2, true), ${lock}(hashtextextended($1, 0))`,
      [`${this.schema}:${lockName(ref)}`, String(LOCK_WAIT_MAX_MS)],
    );
  }
}

function lockName(ref: AggregateRef): string {
  return `${ref.aggregate}:${ref.id}`;
}

export function storedDomainEventOf(row: StoredRow): StoredDomainEvent {
  return {
    sequence: Number(row.sequence),
    version: row.version,
    type: row.type,
    at: row.at.toISOString(),
    schemaVersion: row.schema_version,
    data: row.data,
    metadata: row.metadata,
  };
}

function versionConflict(ref: AggregateRef, expectedVersion: number): EventStoreError {
  return new EventStoreError('version_conflict', `${lockName(ref)} is no longer at version ${expectedVersion}`);
}

function translated(error: unknown): unknown {
  const code = (error as { driverError?: { code?: unknown } } | null)?.driverError?.code;
  if (code === LOCK_NOT_AVAILABLE) {
    return new EventStoreError('busy', 'another change of the same thing takes too long', { cause: error });
  }
  if (code === UNIQUE_VIOLATION && String((error as Error).message).includes('domain_events')) {
    return new EventStoreError('version_conflict', 'another writer was first', { cause: error });
  }
  return error;
}
