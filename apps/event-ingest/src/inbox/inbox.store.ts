import type { InboxEntry } from './inbox-entry.js';

export const INBOX_STORE = Symbol('InboxStore');

/** Remembers for at least 24 hours which event stood where first. */
export interface InboxStore {
  /**
   * Enters what is not there yet, durably, and resolves with the entry that holds each key: the given one where it is
   * new, or the one that was there before. One write for all; concurrent calls with the same keys have one winner.
   * @param entries no key twice
   */
  claim(entries: readonly InboxEntry[], nowMs: number): Promise<ReadonlyMap<string, InboxEntry>>;
  /** Removes at most `maxRows` entries that were made before `beforeMs`; resolves with how many. */
  removeOlderThan(beforeMs: number, maxRows: number): Promise<number>;
}
