/** What a pool of connections to Postgres may take. */
export interface PoolBounds {
  readonly connectionsMax: number;
  /** For a connection, new or free. */
  readonly connectTimeoutMs: number;
  /** For a statement, by the server; the client waits for its answer a little longer. */
  readonly statementTimeoutMs: number;
}

export const CONNECT_TIMEOUT_MS = 5_000;

/** No statement of a service comes near it, unless its definition says so. */
export const STATEMENT_TIMEOUT_MS = 10_000;

/** What the client waits for an answer beyond the server's own bound, before it takes the connection for half-open. */
export const CLIENT_GRACE_MS = 500;

/** A process that stops inside a transaction must not hold its locks for ever. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

/** A peer that says nothing for so long is asked, so often, before its connection is given up: 25 seconds. */
export const KEEPALIVE_IDLE_SECONDS = 10;
export const KEEPALIVE_INTERVAL_SECONDS = 5;
export const KEEPALIVE_COUNT = 3;

/** Migrations have a pool of their own: one connection holds the lock, one migrates. An index can take long to build. */
export const MIGRATION_LOCK_TIMEOUT_MS = 120_000;
export const MIGRATION_BOUNDS: PoolBounds = {
  connectionsMax: 2,
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
  statementTimeoutMs: 1_800_000,
};
