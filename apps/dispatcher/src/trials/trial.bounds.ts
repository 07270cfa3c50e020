/** Trials that are being made, in all and of a tenant; nobody waits for a place. */
export const TRIALS_IN_FLIGHT_MAX = 64;
export const TRIALS_PER_TENANT_MAX = 8;

/** A trial's own deadline is the integration's `timeoutMs`, up to this: a gateway gives an answer up after two minutes. */
export const TRIAL_TIMEOUT_MAX_MS = 110_000;

/** How long a trial waits for the newest configuration; beyond it, what is known is used. */
export const BARRIER_WAIT_MAX_MS = 500;

/** How long a trial that has ended waits for its record to be written; beyond it, the record stays queued. */
export const RECORD_WAIT_MAX_MS = 250;

/** Trials whose record waits to be written, of up to 150 KiB each; with so many, none is made. */
export const RECORDS_WAITING_MAX = 64;

/** At the end of the service. */
export const RECORDS_CLOSE_TIMEOUT_MS = 1_000;

export const EVENT_TYPE_MAX_CHARACTERS = 255;

export const RETRY_AFTER_S = 1;
