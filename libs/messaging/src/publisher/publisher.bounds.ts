/** Below Kafka's default `message.max.bytes` (1 MiB and 12), which bounds the records of one partition in a request. */
export const PARTITION_REQUEST_MAX_BYTES = 960 * 1024;

/** One record, alone in its request. An event has at most 256 KiB of data, an attempt 64 KiB of response besides. */
export const RECORD_MAX_BYTES = PARTITION_REQUEST_MAX_BYTES;

/** Keeps a request's encoding to a few milliseconds of CPU. */
export const REQUEST_MAX_BYTES = 4 * 1024 * 1024;
export const REQUEST_MAX_RECORDS = 2_000;

export const QUEUE_MAX_RECORDS = 20_000;
export const QUEUE_MAX_BYTES = 64 * 1024 * 1024;

export const RETRY_DELAY_MS = 100;
export const RETRY_DELAY_MAX_MS = 2_000;

export const REQUEST_INTERVAL_MS = 3;
