/** A broker that is away may never answer; then it is asked anew, and the wait is no silent one. */
export const CATCH_UP_TIMEOUT_MS = 5_000;
export const CATCH_UP_RETRY_DELAY_MS = 500;

/** Deliveries of one partition that wait for their integration's configuration; beyond, the partition waits with them. */
export const AHEAD_MAX_COUNT = 1_000;
export const AHEAD_MAX_BYTES = 8 * 1024 * 1024;

/** A gap that stays after this many re-reads is looked for in the log itself, and, with the broker away, again after this. */
export const GAP_REREADS_MAX = 5;
export const GAP_LOOK_RETRY_DELAY_MS = 500;

/** Longest wait for an integration that is not known yet; without Kafka one goes on with what is known. */
export const BARRIER_WAIT_MAX_MS = 2_000;
/** What is said to who asks for one then. */
export const UNKNOWN_RETRY_AFTER_S = 1;
