/**
 * When the front door accepted an event. Only its records carry the header: one without it came from a Kafka producer.
 */
export const ACCEPTED_AT_HEADER = 'hookstile-accepted-at';
