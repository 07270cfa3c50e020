/** How often a process looks whether there is something to be done. */
export const KEEP_INTERVAL_MS = 60_000;
/** Days from today that have a partition: for so long nothing lands in the default ones while this fails. */
export const DAYS_AHEAD = 3;
/** Rows of days further back stay in the default partitions; a producer's clock may say anything. */
export const DAYS_BACK_MAX = 400;
/** Days of the default partition that one run gives partitions of their own. */
export const DAYS_MOVED_MAX_PER_RUN = 31;
/** Days of a table that may fail to get one in a run before the others wait for the next. */
export const DAYS_FAILED_MAX_PER_RUN = 2;
/**
 * To attach or detach a partition takes a lock that statements under way hold up, and that holds up those that come
 * behind it: for no longer than this. It is tried again at the next run.
 */
export const LOCK_TIMEOUT_MS = 500;
/** Old rows of a default partition are removed in statements of so many, and so many of those a run. */
export const REMOVED_MAX_ROWS = 5_000;
export const REMOVED_MAX_BATCHES = 50;
/** Rows of a default partition that are counted; a metric of more says this. */
export const COUNTED_MAX_ROWS = 1_000_000;
/** A delivery that has not ended outlives its partition by so much. */
export const OPEN_KEPT_MAX_DAYS = 366;
/** What fails for longer than this is an error and not a warning. */
export const FAILING_ALARM_MS = 3_600_000;
