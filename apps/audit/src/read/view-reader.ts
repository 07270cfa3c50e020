import type { PoolBounds } from '@hookstile/service-runtime';
import type { DataSource } from 'typeorm';

/**
 * A search without an index walks through all of a tenant's rows. Views are read through a pool of their own, so that
 * searches can use up neither the projector's connections nor more of Postgres than this; a statement beyond the bound
 * is cancelled, and its error means `unavailable`.
 */
export const READ_POOL: PoolBounds = { connectionsMax: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };

/** Streams keep up with the log also while searches take all of theirs: one look at what is new, one read behind it. */
export const TAIL_POOL: PoolBounds = { ...READ_POOL, connectionsMax: 2 };

/** Reads the views. */
export class ViewReader {
  constructor(private readonly dataSource: DataSource) {}

  query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.dataSource.query(statement, [...parameters]);
  }
}
