/** Tenants' keys that are wrapped anew in one transaction; each is under 1 KiB, and nobody waits for its lock but a deletion. */
export const TENANT_KEYS_BATCH_MAX = 100;
/** Ids of things with secrets of the first builds read at a time. */
export const THINGS_PAGE_MAX = 100;
/** Things sealed anew at a time, each in a transaction of its own. */
export const THINGS_AT_A_TIME = 4;
/** Things that are named where their secrets cannot be opened; the others are counted. */
export const NAMED_MAX = 20;
/** How often the outbox is looked at for records that the services' relay has not published yet. */
export const PUBLICATION_POLL_MS = 20;
/** For the records of one batch: longer than a takeover of the relay. */
export const PUBLICATION_WAIT_MAX_MS = 60_000;
