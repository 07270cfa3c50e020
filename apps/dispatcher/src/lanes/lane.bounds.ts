/** Beyond this many outcomes that the journal has not acknowledged, a lane starts no attempt. */
export const UNACKNOWLEDGED_OUTCOMES_MAX = 4;

/** A flowing lane's memory; beyond, it parks. */
export const LANE_QUEUE_MAX_COUNT = 4_000;
export const LANE_QUEUE_MAX_BYTES = 8 * 1024 * 1024;

/** Rows of one write, of one read of a draining lane, and how few loaded ones make it read ahead. */
export const PARK_ROWS_MAX = 500;
export const DRAIN_LOAD_ROWS_MAX = 100;
export const DRAIN_READ_AHEAD_ROWS = 30;

/** Deliveries in one journal record of discarded ones. */
export const DISCARD_RECORD_MAX_DELIVERIES = 100;
