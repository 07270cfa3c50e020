import type { InboxEntry } from './inbox-entry.js';
import type { Candidate, Settlement } from './settlement.js';

export const INBOX_STORE = Symbol('InboxStore');

/** Remembers for at least 24 hours which event stood where first, and which were rejected by the configuration. */
export interface InboxStore {
  /**
   * Enters what is not there yet, durably, and resolves with the entry that holds each key: the given one where it is
   * new, or the one that was there before. One write for all; concurrent calls with the same keys have one winner.
   * @param entries no key twice, and none that `settle` is given
   */
  claim(entries: readonly InboxEntry[], nowMs: number): Promise<ReadonlyMap<string, InboxEntry>>;
  /**
   * Decides of each event, once and durably, whether it is taken, repeats one that was, or is rejected; whoever asks again
   * gets the same answer, whatever the configuration says by then. Of concurrent calls that want differently the first is right.
   * @param candidates in the order in which they are to be taken; of one partition, that of its offsets
   */
  settle(candidates: readonly Candidate[], nowMs: number): Promise<Settlement>;
  /** Removes at most `maxRows` entries and rejections that were made before `beforeMs`; resolves with how many. */
  removeOlderThan(beforeMs: number, maxRows: number): Promise<number>;
}
