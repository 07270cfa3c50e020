import type { PoolBounds } from '@hookstile/service-runtime';

/** Deliveries of one recovery: what is missing of a longer time is asked for in several, one after the other. */
export const RECOVERY_MAX_DELIVERIES = 200_000;
/** Recoveries that run, or were stopped and are still followed; several requests at the same moment may go a little beyond. */
export const OPEN_RECOVERIES_PER_TENANT_MAX = 20;
export const OPEN_RECOVERIES_MAX = 500;
/** Those that one process works at a time; others wait for another process, or for their turn. */
export const WORKED_RECOVERIES_MAX = 20;
/** Where a process works as many as it may, one goes to the end of the line after this. */
export const TURN_MS = 30_000;

export const RATE_DEFAULT_PER_SECOND = 50;
export const RATE_MAX_PER_SECOND = 500;
/**
 * A recovery's deliveries that were handed over and have not ended: what the rate brings in this time, which is more
 * than views lag by. With the endpoint down again no more of them wait in front of new events.
 */
export const PENDING_SECONDS = 5;
export const PENDING_MIN = 20;

export const STEP_INTERVAL_MS = 500;
/** Where nothing more may be handed over, each look costs a lookup for each that is pending. */
export const ENDINGS_INTERVAL_MS = 1_000;
/** The rate may be caught up with for so long. */
export const CATCH_UP_SECONDS = 1;
/** Of data in memory before it is written; one delivery more may go beyond. */
export const CHUNK_MAX_BYTES = 2 * 1024 * 1024;

/** A stopped recovery is looked at when its lease has ended. */
export const LEASE_TERM_MS = 5_000;
export const LEASE_LOOK_INTERVAL_MS = 1_000;

/** For so long after a recovery was stopped, endings of what it had handed over are counted. */
export const FOLLOWED_AFTER_STOP_MS = 24 * 3_600_000;
/** A recovery that runs for longer is stopped: `deliveries` keeps its events no longer, unless told otherwise. */
export const RUNNING_MAX_MS = 7 * 24 * 3_600_000;
export const KEPT_MS = 90 * 24 * 3_600_000;
export const SWEEP_INTERVAL_MS = 3_600_000;
export const SWEEP_MAX_ROWS = 1_000;

/** Starting one copies up to `RECOVERY_MAX_DELIVERIES` rows, and must hold up neither the projector nor searches. */
export const RECOVERY_POOL: PoolBounds = { connectionsMax: 3, connectTimeoutMs: 2_000, statementTimeoutMs: 30_000 };
