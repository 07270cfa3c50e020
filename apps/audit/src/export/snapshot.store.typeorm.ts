import { reasonOf } from '@hookstile/service-runtime';
import type { Client, PoolClient } from 'pg';
import type { Logger } from 'pino';
import type { DataSource, QueryRunner } from 'typeorm';
import { ViewReader } from '../read/view-reader.js';
import { KEEP_INTERVAL_MS } from './export.bounds.js';
import type { ListStores, Snapshot, SnapshotStore } from './snapshot.store.js';

const BEGIN = 'begin isolation level repeatable read, read only';
const SAVEPOINT = 'savepoint page';
const KEEP = 'select 1';
/** The locks that a statement took on its tables end with it; the snapshot is the transaction's, and stays. */
const RELEASE_LOCKS = 'rollback to savepoint page';

/**
 * Reads in a transaction that holds a snapshot but, between two statements, no lock: a dropped partition waits for none.
 * Statements take turns, whoever asks for them.
 */
class SnapshotReader extends ViewReader {
  #reading = 0;
  #isClosed = false;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    pool: DataSource,
    private readonly runner: QueryRunner,
  ) {
    super(pool);
  }

  get isReading(): boolean {
    return this.#reading > 0;
  }

  protected override send<Row>(text: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.#read(() => this.runner.query(text, [...parameters]));
  }

  protected override sendPrepared<Row extends object>(name: string, text: string, parameters: readonly unknown[]) {
    return this.#read(async () => {
      const client = (await this.runner.connect()) as PoolClient;
      return (await client.query<Row>({ name, text, values: [...parameters] })).rows;
    });
  }

  /** Tells Postgres that the transaction is still wanted. */
  async keep(): Promise<void> {
    if (!this.isReading && !this.#isClosed) await this.#inTurn(() => this.runner.query(KEEP));
  }

  /** A list that was between two of its statements gets no further one: the connection may be another's by then. */
  close(): void {
    this.#isClosed = true;
  }

  async rollback(): Promise<void> {
    await this.#inTurn(() => this.runner.query('rollback'));
  }

  async #read<Rows>(read: () => Promise<Rows>): Promise<Rows> {
    this.#reading += 1;
    try {
      return await this.#inTurn(async () => {
        if (this.#isClosed) throw new Error('the snapshot has ended');
        const rows = await read();
        await this.runner.query(RELEASE_LOCKS);
        return rows;
      });
    } finally {
      this.#reading -= 1;
    }
  }

  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

/** Snapshots of a pool of their own; `others` is where a statement under way is ended from. */
export class TypeormSnapshotStore implements SnapshotStore {
  constructor(
    private readonly pool: DataSource,
    private readonly others: DataSource,
    private readonly storesOf: (views: ViewReader) => ListStores,
    private readonly logger: Logger,
    private readonly keepIntervalMs = KEEP_INTERVAL_MS,
  ) {}

  async open(): Promise<Snapshot> {
    const runner = this.pool.createQueryRunner();
    await runner.connect();
    try {
      await runner.query(BEGIN);
      // The first statement takes the snapshot.
      const [session]: { pid: number }[] = await runner.query('select pg_backend_pid() as pid');
      await runner.query(SAVEPOINT);
      const reader = new SnapshotReader(this.pool, runner);
      // Else Postgres would end the transaction of a slow reader; that of a process that stands still it does end.
      const keep = setInterval(() => reader.keep().catch(() => undefined), this.keepIntervalMs);
      let ended: Promise<void> | null = null;
      const end = () => {
        clearInterval(keep);
        reader.close();
        ended ??= this.#end(runner, reader, session?.pid ?? null);
        return ended;
      };
      return { stores: this.storesOf(reader), end };
    } catch (error) {
      await discard(runner);
      throw error;
    }
  }

  async #end(runner: QueryRunner, reader: SnapshotReader, pid: number | null): Promise<void> {
    try {
      if (!reader.isReading) {
        await reader.rollback();
        await runner.release();
        return;
      }
      await this.others.query('select pg_terminate_backend($1)', [pid]);
    } catch (error) {
      this.logger.warn({ reason: reasonOf(error) }, 'a snapshot could not be ended in order');
    }
    await discard(runner);
  }
}

/**
 * Gives a connection back as one that is of no more use: its session is ended, or in a state that nobody knows. As it
 * notices that itself only later, the next one to get it from the pool would fail.
 */
async function discard(runner: QueryRunner): Promise<void> {
  // The pool drops a client that is ending.
  void ((await runner.connect()) as Client).end().catch(() => undefined);
  await runner.release();
}
