import type { InboxStore } from './inbox.store.js';
import type { InboxEntry } from './inbox-entry.js';
import { type Candidate, placeOf, type Settlement, settleInOrder } from './settlement.js';

/** The inbox in memory, for tests. */
export class FakeInboxStore implements InboxStore {
  private readonly entries = new Map<string, { entry: InboxEntry; atMs: number }>();
  private readonly rejections = new Map<string, { detail: string; atMs: number }>();

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

  async settle(candidates: readonly Candidate[], nowMs: number): Promise<Settlement> {
    const holders = new Map<string, InboxEntry>();
    const rejected = new Map<string, string>();
    for (const candidate of candidates) {
      const holder = this.entries.get(candidate.key);
      if (holder) holders.set(candidate.key, holder.entry);
      const rejection = this.rejections.get(placeOf(candidate));
      if (rejection) rejected.set(placeOf(candidate), rejection.detail);
    }
    const settled = settleInOrder(candidates, { holders, rejected });
    for (const entry of settled.taken) this.entries.set(entry.key, { entry, atMs: nowMs });
    for (const candidate of settled.refused) {
      this.rejections.set(placeOf(candidate), { detail: candidate.rejection ?? '', atMs: nowMs });
    }
    return { holders: settled.holders, rejected: settled.rejected };
  }

  async removeOlderThan(beforeMs: number, maxRows: number): Promise<number> {
    let removed = 0;
    for (const kept of [this.rejections, this.entries]) {
      const old = [...kept].filter(([, { atMs }]) => atMs < beforeMs).slice(0, maxRows - removed);
      for (const [key] of old) kept.delete(key);
      removed += old.length;
    }
    return removed;
  }
}
