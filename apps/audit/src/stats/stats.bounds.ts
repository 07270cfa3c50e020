const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const BUCKETS = ['minute', 'hour', 'day'] as const;
export type Bucket = (typeof BUCKETS)[number];

export const BUCKET_MS: Readonly<Record<Bucket, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** The most that one answer lists: a day by minutes, two months by hours. */
export const BUCKETS_MAX = 1_500;

/** How many buckets an answer lists where neither its beginning nor its end is asked for. */
export const BUCKETS_DEFAULT: Readonly<Record<Bucket, number>> = { minute: 60, hour: 24, day: 30 };

/** How long counts are kept by the minute, and by the hour: the days are made of hours. */
export const MINUTES_KEPT_DAYS = 7;
export const HOURS_KEPT_DAYS = 400;

export const KEPT_MS: Readonly<Record<Bucket, number>> = {
  minute: MINUTES_KEPT_DAYS * DAY_MS,
  hour: HOURS_KEPT_DAYS * DAY_MS,
  day: HOURS_KEPT_DAYS * DAY_MS,
};

/** How often a process removes counts past their time, in statements of so many rows, and so many of those a run. */
export const REMOVE_INTERVAL_MS = 60_000;
export const REMOVED_MAX_ROWS = 5_000;
export const REMOVED_MAX_BATCHES = 50;
