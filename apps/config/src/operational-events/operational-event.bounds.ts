/**
 * Failure runs of one integration that are told of, in this time: one that fails and recovers all the time, or two
 * that are told of each other and each fail by it, tell no more than this.
 */
export const RUNS_TOLD_MAX = 12;
export const RUNS_TOLD_WINDOW_MS = 3_600_000;
