/** Records written into the shadow at a time, and their bytes. */
export const BATCH_MAX_RECORDS = 2_000;
export const BATCH_MAX_BYTES = 8 * 1024 * 1024;
/** What comes empty, although there is more, is read again so often, and so long after. */
export const EMPTY_READS_MAX = 20;
export const EMPTY_READ_DELAY_MS = 500;
/** Before flushes are held up, the shadow is read on until it is no further behind than this, or so many times. */
export const GAP_MAX_RECORDS = 1_000;
export const CATCH_UPS_MAX = 20;
/** For the flushes under way; those that follow wait behind it. */
export const LOCK_TIMEOUT_MS = 60_000;
/** While flushes wait: how long may pass between two statements. A machine that vanished would stop audit for hours. */
export const LOCKED_IDLE_MAX_MS = 60_000;
/** The longest statement: a comparison of whole tables. */
export const STATEMENT_TIMEOUT_MS = 3_600_000;
/** Keys of each difference that are named; the rest is counted. */
export const NAMED_MAX = 20;
/** A row's time may be so far ahead of its record's, for another clock made it. What is judged wrongly is deleted by a repair: a day is much. */
export const CLOCKS_APART_MAX_MS = 24 * 3_600_000;
