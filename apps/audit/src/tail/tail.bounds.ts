import type { PoolBounds } from '@hookstile/service-runtime';
import type { PlaceBounds } from '../read/places.js';
import { READ_POOL } from '../read/read.bounds.js';

/** How often a process looks for new attempts, for all of its streams at once, while it has any. */
export const POLL_INTERVAL_MS = 250;
/** Rows of one read; they have no bodies, and headers of a few kilobytes at most. */
export const PAGE_MAX_ROWS = 1_000;

/** Streams of one tenant and of all in one process. Each keeps a connection, here and in the gateway. */
export const STREAMS_PER_TENANT_MAX = 20;
export const STREAMS_MAX = 500;
export const STREAM_PLACES: PlaceBounds = {
  what: 'streams',
  perTenantMax: STREAMS_PER_TENANT_MAX,
  max: STREAMS_MAX,
  retryAfterSeconds: 5,
};

/** What waits in memory for one reader; beyond, its stream reads from the store again, at the reader's pace. */
export const BUFFER_MAX_BYTES = 256 * 1024;
/** A reader that has not taken all of a full buffer after so long is cut; so is one that does not take the end of its stream. */
export const DRAIN_TIMEOUT_MS = 10_000;

/** What a stream resumes from at most; beyond, it begins with a gap. Far below any retention of attempts. */
export const RESUME_MAX_AGE_MS = 24 * 3_600_000;
export const RESUME_MAX_ROWS = 50_000;

/** So that proxies keep the connection, and a reader knows that silence is no break. */
export const HEARTBEAT_INTERVAL_MS = 15_000;
/** With the trust that a process puts into the keys it knows, this keeps below 5 seconds. */
export const KEY_CHECK_INTERVAL_MS = 500;
/** What a reader is told to wait before it connects again. */
export const RECONNECT_DELAY_MS = 1_000;
/** How often the first look at the store is repeated while a flush has not shown its number yet: a matter of microseconds. */
export const HORIZON_TRIES_MAX = 50;
export const HORIZON_RETRY_DELAY_MS = 20;

/** Streams keep up with the log also while searches take all of theirs: one look at what is new, one read behind it. */
export const TAIL_POOL: PoolBounds = { ...READ_POOL, connectionsMax: 2 };
