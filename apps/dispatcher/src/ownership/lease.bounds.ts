import type { PoolBounds } from '@hookstile/service-runtime';

/** A lease that its owner has not renewed for this long may be taken over. */
export const LEASE_TERM_MS = 6_000;

/** The owner's deadline lies this long before the contender's: for what is still on its way. */
export const LEASE_SAFETY_MS = 500;

/** How often an owner looks after its leases; it renews when it has a checkpoint, or after `RENEW_AFTER_MS`. */
export const LEASE_TICK_MS = 1_000;
export const RENEW_AFTER_MS = 1_900;

/** How often a contender looks at leases that it wants. */
export const CONTEND_INTERVAL_MS = 300;

/**
 * Leases have connections of their own, so that a renewal never waits behind rows, and its bounds are so far below the
 * term that one which gets no answer is tried again, on another connection, before the owner's deadline.
 */
export const LEASE_POOL: PoolBounds = { connectionsMax: 2, connectTimeoutMs: 1_000, statementTimeoutMs: 1_000 };

/** Below the term, so that a stopped process's transaction ends before its successor begins. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 3_000;
export const LOCK_TIMEOUT_MS = 2_000;
