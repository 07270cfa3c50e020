/** How long a decision waits for the newest configuration; beyond it, what is known is used. */
export const BARRIER_WAIT_MAX_MS = 500;

/** How long a decision that has fallen waits for its record to be written; beyond it, the record stays queued. */
export const RECORD_WAIT_MAX_MS = 250;

/** Decisions that wait to be written; with so many, none is made. */
export const RECORDS_WAITING_MAX = 20_000;

/** At the end of the service. */
export const RECORDS_CLOSE_TIMEOUT_MS = 5_000;

/** All headers of a request to a hook: servers take 8 to 16 KiB, and none takes more. */
export const HEADERS_MAX_BYTES = 64 * 1024;

/** A connection that broke is tried once more after so long, where the deadline allows it. */
export const RETRY_DELAY_MS = 20;

/** Consecutive failures – no answer, or one of 5xx – after which a hook is left alone … */
export const CIRCUIT_FAILURES = 10;
/** … for so long; then one decision asks it again. */
export const CIRCUIT_OPEN_MS = 5_000;
export const CIRCUITS_MAX = 10_000;

/** Decisions kept for the same context. */
export const CACHED_DECISIONS_MAX = 10_000;

/** Rules with their secrets opened. */
export const PLANS_MAX = 10_000;

export const RETRY_AFTER_S = 1;

/** Of a reason, and of each value that it shows. */
export const REASON_MAX_CHARACTERS = 500;
export const SHOWN_VALUE_MAX_CHARACTERS = 80;
export const SHOWN_ACTIONS_MAX = 3;
