import type { OutgoingRecord } from '../port/records.js';

/**
 * Sends records in one request and resolves with each one's offset once all in-sync replicas have them. It rejects
 * when that is not certain; the records may be written nevertheless.
 */
export type SendRequest = (records: readonly OutgoingRecord[]) => Promise<readonly number[]>;

/** A request that no repetition makes acceptable: it, or one of its records, is above the broker's bound. */
export class RequestTooLargeError extends Error {}
