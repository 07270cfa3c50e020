import type { InboxStore } from './inbox.store.js';
import type { InboxEntry } from './inbox-entry.js';

/** The inbox in memory, for tests. */
export class FakeInboxStore implements InboxStore {
  private readonly entries = new Map<string, { entry: InboxEntry; atMs: number }>();

  get size(): number {
    return this.entries.size;
  }

  async claim(entries: readonly InboxEntry[], nowMs: number): Promise<ReadonlyMap<string, InboxEntry>> {
    const holders = new Map<string, InboxEntry>();
    for (const entry of entries) {
      const known = this.entries.get(entry.key) ?? { entry, atMs: nowMs };
      this.entries.set(entry.key, known);
      holders.set(entry.key, known.entry);
    }
    return holders;
  }

  async removeOlderThan(beforeMs: number, maxRows: number): Promise<number> {
    const old = [...this.entries].filter(([, { atMs }]) => atMs < beforeMs).slice(0, maxRows);
    for (const [key] of old) this.entries.delete(key);
    return old.length;
  }
}
