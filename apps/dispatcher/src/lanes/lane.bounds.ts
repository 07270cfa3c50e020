/** Beyond this many outcomes that the journal has not acknowledged, a lane starts no attempt. */
export const UNACKNOWLEDGED_OUTCOMES_MAX = 4;

/** A flowing lane's memory; beyond, it parks. */
export const LANE_QUEUE_MAX_COUNT = 4_000;
export const LANE_QUEUE_MAX_BYTES = 8 * 1024 * 1024;

/** The data of one push; a batch of less waits no longer for more. */
export const PUSH_MAX_BYTES = 1024 * 1024;

/**
 * What a journal record takes to name the members of a push, so that it always fits: the bodies of an attempt take 128
 * KiB besides, an answer's headers 144 KiB, the request's line and headers 40 KiB. Only names of a thousand characters and more
 * make a batch smaller by this.
 */
export const PUSH_MAX_NAME_BYTES = 512 * 1024;

/** Rows of one write, of one read of a draining lane, and how few loaded ones make it read ahead. */
export const PARK_ROWS_MAX = 500;
export const DRAIN_LOAD_ROWS_MAX = 100;
export const DRAIN_READ_AHEAD_ROWS = 30;

/**
 * Deliveries in one journal record of discarded, or held, ones, unless they are one push. One names its event's id, type
 * and source: 2,558 characters of up to four bytes. So many of them still fit in a record.
 */
export const ASIDE_RECORD_MAX_DELIVERIES = 50;

/** Sequences of journal records rise across epochs without being stored: each epoch has its own range. */
export const SEQUENCES_AN_EPOCH = 2 ** 32;

export const STORE_RETRY_DELAY_MS = 500;
export const LOAD_RETRY_DELAY_MS = 500;

/** With memory short, a lane whose queue would take longer than this goes to rows. */
export const LANE_DRAIN_MAX_MS = 10_000;

/** All lanes' memory; beyond, partitions pause. */
export const MEMORY_MAX_COUNT = 10_000;
export const MEMORY_MAX_BYTES = 64 * 1024 * 1024;
export const MEMORY_RELIEF_INTERVAL_MS = 500;

/** Deliveries of a partition behind its oldest one in memory; beyond, what waits in memory for longest goes to rows. */
export const TRACKED_MAX_COUNT = 50_000;

/** Rows that draining lanes read ahead; beyond, each reads its next push only. */
export const LOADED_MAX_BYTES = 32 * 1024 * 1024;

/** Rows of one page when held rows are journaled or discarded, and how soon after a failure again. */
export const HELD_PAGE_ROWS = ASIDE_RECORD_MAX_DELIVERIES;
export const HELD_RETRY_DELAY_MS = 5_000;
/** While rows come, how often a backlog is held against its bounds; and at least so often. */
export const HELD_LOOK_INTERVAL_MS = 5_000;
export const HELD_LOOK_MAX_MS = 3_600_000;
/** How often a backlog that may be beyond its bound is counted. */
export const HELD_COUNT_INTERVAL_MS = 10_000;
/** Backlogs of a partition that are looked at at a time. */
export const HELD_TENDED_MAX = 50;
/** One signal of a backlog beyond its bounds in this time. */
export const HELD_SIGNAL_INTERVAL_MS = 60_000;

/** Characters of a lane's key; a longer one is hashed. */
export const LANE_KEY_MAX_LENGTH = 200;

/** How often a partition's lanes are gone through: who can be forgotten, who is due. */
export const LANE_SWEEP_INTERVAL_MS = 1_000;

/** Lanes are in memory so long before they are due; who is due later than that, and so much again, is forgotten. */
export const WAKE_AHEAD_MS = 10_000;
export const SLEEP_AHEAD_MS = 2 * WAKE_AHEAD_MS;
/** What a wall clock may be off without being taken for one that jumped: who sleeps is early or late by no more. */
export const CLOCK_STEP_MIN_MS = 1_000;
/** Sleeping lanes of a partition of which more is remembered than their rows, for when the wall clock is put right. */
export const SLEEPERS_TIMED_MAX = 10_000;
/** How often those that are due are looked for. */
export const WAKE_INTERVAL_MS = 3_000;
/** Lanes of one page of those that are due, or looked at. */
export const WAKE_PAGE_LANES = 200;
/** Woken lanes of a process; and of one integration, for each attempt that it may make at a time, and at least. */
export const LANES_AWAKE_MAX = 10_000;
export const LANES_AWAKE_PER_ATTEMPT = 4;
export const LANES_AWAKE_OF_ONE_MIN = 16;
/** With more lanes in memory, those of an integration that wait are forgotten though they are due soon. */
export const LANES_IN_MEMORY_OF_ONE = 1_000;
/** How often the oldest rows of integrations are looked up, and of how many with one query. */
export const OLDEST_PAGE_INTEGRATIONS = 500;
export const SLEEPERS_CHECK_INTERVAL_MS = 30_000;

/** Lanes of an integration that are listed without looking for those that have waited longest. */
export const LIST_LANES_MAX = 500;
/** Rows that are looked at for the lanes of one page. */
export const LIST_ROWS_MAX = 1_000;
/** How long a request waits for a lane that is being woken, or for the record of what it skipped. */
export const SKIP_TIMEOUT_MS = 5_000;
