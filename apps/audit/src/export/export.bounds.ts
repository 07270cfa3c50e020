import type { PoolBounds } from '@hookstile/service-runtime';
import type { PlaceBounds } from '../read/places.js';

/** Exports that one process makes at once, and of these for one tenant. Each holds a connection and a snapshot. */
const EXPORTS_MAX = 4;
const EXPORTS_PER_TENANT_MAX = 2;
const RETRY_AFTER_SECONDS = 10;

export const EXPORT_PLACES: PlaceBounds = {
  what: 'exports',
  perTenantMax: EXPORTS_PER_TENANT_MAX,
  max: EXPORTS_MAX,
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

/** Of its own, so that exports use up no connection that pages, streams or flushes wait for. The bound is a page's. */
export const EXPORT_POOL: PoolBounds = {
  connectionsMax: EXPORTS_MAX,
  connectTimeoutMs: 2_000,
  statementTimeoutMs: 60_000,
};

/** What goes to the reader at a time. */
export const CHUNK_BYTES = 64 * 1024;
/** A reader that does not take a chunk in so long is cut. Below the time after which Postgres ends an idle transaction. */
export const STALL_TIMEOUT_MS = 20_000;
/** How often Postgres is told, while a reader is slow, that a snapshot is still wanted. */
export const KEEP_INTERVAL_MS = 10_000;
/** How long an export may hold its snapshot, which keeps Postgres from cleaning up rows that changed since. */
export const EXPORT_MAX_MS = 15 * 60_000;
/** With the trust that a process puts into the keys it knows, this keeps below 5 seconds. */
export const KEY_CHECK_INTERVAL_MS = 1_000;

/** A page is about so large, within these numbers of rows; two are in memory, one that is shown and the next. */
export const PAGE_TARGET_BYTES = 1024 * 1024;
export const PAGE_FIRST_ROWS = 100;
export const PAGE_MIN_ROWS = 10;
export const PAGE_MAX_ROWS = 1_000;
/** How much longer than the page before one may be: rows that get larger are noticed in time. */
export const PAGE_GROWTH_MAX = 4;
