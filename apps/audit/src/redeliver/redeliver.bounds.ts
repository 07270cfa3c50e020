/** Each waits for the configuration's end and one record of `deliveries`; beyond, callers are asked to come again. */
export const REDELIVERIES_UNDER_WAY_MAX = 8;
/** A request is answered within this, also where Kafka is away. */
export const READ_TIMEOUT_MS = 10_000;
export const REDELIVER_RETRY_AFTER_SECONDS = 1;
