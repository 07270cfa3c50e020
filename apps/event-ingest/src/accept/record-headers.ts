/** Headers that the front door adds to its records of `events`; a record without them came from a Kafka producer. */
export const VIA_HEADER = 'hookstile-via';
export const VIA_HTTP = 'http';
export const ACCEPTED_AT_HEADER = 'hookstile-accepted-at';
