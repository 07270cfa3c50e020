import type { InboxEntry } from './inbox-entry.js';

/** An event that asks to be taken, or to be rejected. */
export interface Candidate extends InboxEntry {
  /** Why it is to be rejected unless it was taken before, or null. */
  rejection: string | null;
}

/** What holds of events, for good. */
export interface Settlement {
  /** By key; a key that only rejected events have is held by none. */
  holders: ReadonlyMap<string, InboxEntry>;
  /** Why, by place. */
  rejected: ReadonlyMap<string, string>;
}

export function placeOf({ sourcePartition, sourceOffset }: Pick<InboxEntry, 'sourcePartition' | 'sourceOffset'>) {
  return `${sourcePartition}/${sourceOffset}`;
}

/** What there was, and what is to be added to it. */
export interface Settling {
  holders: Map<string, InboxEntry>;
  rejected: Map<string, string>;
  taken: InboxEntry[];
  refused: Candidate[];
}

/**
 * One event after the other: what was rejected stays so, and holds no key, so that a corrected event of the same source and
 * id is taken. Where one holds the key, all others are its replays or its repetitions, whatever the configuration says of
 * them.
 */
export function settleInOrder(candidates: readonly Candidate[], before: Settlement): Settling {
  const settling: Settling = {
    holders: new Map(before.holders),
    rejected: new Map(before.rejected),
    taken: [],
    refused: [],
  };
  for (const candidate of candidates) {
    const { rejection, ...entry } = candidate;
    const place = placeOf(entry);
    if (settling.rejected.has(place) || settling.holders.has(entry.key)) continue;
    if (rejection === null) {
      settling.holders.set(entry.key, entry);
      settling.taken.push(entry);
    } else {
      settling.rejected.set(place, rejection);
      settling.refused.push(candidate);
    }
  }
  return settling;
}
