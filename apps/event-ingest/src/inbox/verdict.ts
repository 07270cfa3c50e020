import type { InboxEntry } from './inbox-entry.js';

/**
 * - `first`: the event stands where it was first seen; also a replay, which is routed again lest a crash lose it.
 * - `duplicate`: it stands elsewhere and says the same.
 * - `id_reused`: it stands elsewhere and says something else under the same source and id.
 */
export type InboxVerdict = 'first' | 'duplicate' | 'id_reused';

export function verdictOf(entry: InboxEntry, holder: InboxEntry): InboxVerdict {
  if (holder.sourcePartition === entry.sourcePartition && holder.sourceOffset === entry.sourceOffset) return 'first';
  return holder.bodyHash === entry.bodyHash ? 'duplicate' : 'id_reused';
}

/** Of entries with the same key the first in the order given: that one claims it for the others of its round. */
export function firstOfEachKey<T extends InboxEntry>(entries: readonly T[]): T[] {
  const first = new Map<string, T>();
  for (const entry of entries) if (!first.has(entry.key)) first.set(entry.key, entry);
  return [...first.values()];
}
