import type { ReceivedRecord } from '@hookstile/messaging';
import type { RoutedThroughStore } from './routed-through.store.js';

export interface LogBounds {
  start: number;
  end: number;
}

/** How far each partition of `events` was routed. Below it nothing is routed again, whatever is fetched again. */
export class RoutingProgress {
  readonly next = new Map<number, number>();
  /** Partitions that stand still until an admin decides, and why. */
  readonly stopped = new Map<number, string>();
  private readonly unsaved = new Set<number>();

  constructor(
    private readonly store: RoutedThroughStore,
    private readonly boundsOf: (partition: number) => Promise<LogBounds>,
  ) {}

  /**
   * Loads what other routers did, after each assignment, and compares it with the log: offsets that are no longer or
   * not yet there mean that unread events are lost or that the topic is another one.
   */
  async load(partitions: Iterable<number>): Promise<void> {
    const stored = await this.store.load();
    this.stopped.clear();
    for (const partition of partitions) {
      const next = stored.get(partition);
      if (next === undefined) continue;
      const { start, end } = await this.boundsOf(partition);
      if (next < start) this.stopped.set(partition, `unread events below offset ${start} are gone; routed to ${next}`);
      if (next > end) this.stopped.set(partition, `the log ends at offset ${end}, below what was routed: ${next}`);
      this.next.set(partition, Math.max(next, this.next.get(partition) ?? 0));
    }
  }

  /** Those of a round that are to be routed: assigned here, not stopped, not routed before, each offset once. */
  select(records: readonly ReceivedRecord[], assigned: ReadonlySet<number>): ReceivedRecord[] {
    const next = new Map<number, number>();
    return records.filter(({ partition, offset }) => {
      if (!assigned.has(partition) || this.stopped.has(partition)) return false;
      if (offset < (next.get(partition) ?? this.next.get(partition) ?? 0)) return false;
      next.set(partition, offset + 1);
      return true;
    });
  }

  routed(records: readonly ReceivedRecord[]): void {
    for (const { partition, offset } of records) {
      this.next.set(partition, offset + 1);
      this.unsaved.add(partition);
    }
  }

  /** Stores what was routed since the last time; resolves with the offsets that may now be committed. */
  async save(): Promise<ReadonlyMap<number, number>> {
    const offsets = new Map<number, number>();
    for (const partition of this.unsaved) offsets.set(partition, this.next.get(partition) ?? 0);
    this.unsaved.clear();
    try {
      await this.store.save(offsets);
    } catch (error) {
      for (const partition of offsets.keys()) this.unsaved.add(partition);
      throw error;
    }
    return offsets;
  }

  get hasUnsaved(): boolean {
    return this.unsaved.size > 0;
  }
}
