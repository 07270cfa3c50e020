import type { PoolBounds } from '@hookstile/service-runtime';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';

/**
 * A page that several filters leave little of looks at thousands of rows. Views are read through a pool of their own, so that
 * searches can use up neither the projector's connections nor more of Postgres than this; a statement beyond the bound
 * is cancelled, and its error means `unavailable`.
 */
export const READ_POOL: PoolBounds = { connectionsMax: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };

/** Streams keep up with the log also while searches take all of theirs: one look at what is new, one read behind it. */
export const TAIL_POOL: PoolBounds = { ...READ_POOL, connectionsMax: 2 };

/** Reads the views. */
export class ViewReader {
  /** The time, in Unix milliseconds, only tells where to look first. */
  constructor(
    private readonly dataSource: DataSource,
    readonly nowMs: () => number = Date.now,
  ) {}

  query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.dataSource.query(statement, [...parameters]);
  }

  /**
   * The same with a plan that each connection keeps under the statement's name: to plan what looks into forty partitions
   * takes several times as long as to look into them. For statements whose text never differs.
   */
  async prepared<Row extends object>(
    name: string,
    statement: string,
    parameters: readonly unknown[],
  ): Promise<readonly Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      return (await client.query<Row>({ name, text: statement, values: [...parameters] })).rows;
    } finally {
      await runner.release();
    }
  }
}
