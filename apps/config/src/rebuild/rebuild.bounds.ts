/** Domain events fetched at a time; a stream's state is all that is kept of those before. */
export const FETCH_MAX_ROWS = 500;
/** Folded aggregates written into a shadow table at a time. */
export const SHADOW_BATCH_MAX_ROWS = 500;
/** Keys read from what differs at a time, to be looked at once more, or repaired. */
export const KEYS_PAGE_MAX = 200;
/** Aggregates that are repaired at a time, each in a transaction of its own. */
export const REPAIRS_AT_A_TIME = 4;
/** Ids of each difference that are named; the rest is counted. */
export const NAMED_MAX = 20;
/** How long records that were committed before the snapshot may take to be in the topic. */
export const OUTBOX_WAIT_MAX_MS = 10_000;
export const OUTBOX_POLL_MS = 50;
/** For the records of one page of keys that are published again. */
export const PUBLICATION_WAIT_MAX_MS = 60_000;
/** The longest statement: a comparison of whole tables. */
export const STATEMENT_TIMEOUT_MS = 600_000;
/** Records of the topic in memory at a time. */
export const READ_MAX_RECORDS = 5_000;
