import type { Messaging, ReceivedRecord } from '@hookstile/messaging';
import type { Logger } from '@hookstile/service-runtime';
import type { RoutedThroughStore } from './routed-through.store.js';

export interface LogBounds {
  start: number;
  end: number;
}

/** Reads where each partition of a topic begins and ends now. */
export function boundsIn(messaging: Messaging, topic: string): (partition: number) => Promise<LogBounds> {
  return async (partition) => {
    const at = { topic, partition };
    const [start, end] = await Promise.all([messaging.startOffset(at), messaging.endOffset(at)]);
    return { start, end };
  };
}

/** Tells whoever is on call that a partition stands still. */
export function alarmOf(
  logger: Pick<Logger, 'fatal'>,
  source: 'events' | 'redeliveries',
): (partition: number, reason: string) => void {
  const table = source === 'events' ? 'routed_through' : 'redeliveries_routed_through';
  const advice = `to go on without, set next_offset of the partition in ${table} and restart the router`;
  return (partition, reason) => logger.fatal({ alarm: `${source}_partition_stopped`, partition, advice }, reason);
}

/** How far each partition of `events` was routed. Below it nothing is routed again, whatever is fetched again. */
export class RoutingProgress {
  readonly next = new Map<number, number>();
  /** Partitions that stand still until an admin decides, and why. */
  readonly stopped = new Map<number, string>();
  private readonly unsaved = new Set<number>();
  /** The first record of a partition that this release must not pass by, for as long as the process lives. */
  private readonly refused = new Map<number, { offset: number; reason: string }>();

  constructor(
    private readonly store: RoutedThroughStore,
    private readonly boundsOf: (partition: number) => Promise<LogBounds>,
    private readonly onStop: (partition: number, reason: string) => void,
    /** Why a record stops its partition, or null. */
    private readonly refusalOf: (record: ReceivedRecord) => string | null = () => null,
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
      this.stopAgain(partition, next ?? 0);
      if (next === undefined) continue;
      const { start, end } = await this.boundsOf(partition);
      if (next < start) this.stop(partition, `unread events below offset ${start} are gone; routed to ${next}`);
      if (next > end) this.stop(partition, `the log ends at offset ${end}, below what was routed: ${next}`);
      this.next.set(partition, Math.max(next, this.next.get(partition) ?? 0));
    }
  }

  /** Those of a round that are to be routed: assigned here, not stopped, not routed before, each offset once. */
  select(records: readonly ReceivedRecord[], assigned: ReadonlySet<number>): ReceivedRecord[] {
    const next = new Map<number, number>();
    return records.filter((record) => {
      const { partition, offset } = record;
      if (!assigned.has(partition) || this.stopped.has(partition)) return false;
      if (offset < (next.get(partition) ?? this.next.get(partition) ?? 0)) return false;
      if (this.refuses(record)) return false;
      next.set(partition, offset + 1);
      return true;
    });
  }

  /**
   * Leaves out, and stops, the partitions of a round in which events are missing that retention has taken unread: the
   * reader goes on at the log's start and says nothing. Other gaps are a producer's transactions: their markers have
   * offsets, too.
   */
  async withoutLost(round: readonly ReceivedRecord[]): Promise<readonly ReceivedRecord[]> {
    const gaps = this.firstGaps(round);
    for (const [partition, expected] of gaps) {
      const { start } = await this.boundsOf(partition);
      if (expected < start) this.stop(partition, `unread events below offset ${start} are gone; routed to ${expected}`);
    }
    return gaps.size === 0 ? round : round.filter(({ partition }) => !this.stopped.has(partition));
  }

  private firstGaps(round: readonly ReceivedRecord[]): Map<number, number> {
    const gaps = new Map<number, number>();
    const next = new Map(this.next);
    for (const { partition, offset } of round) {
      const expected = next.get(partition);
      if (expected !== undefined && offset > expected && !gaps.has(partition)) gaps.set(partition, expected);
      next.set(partition, offset + 1);
    }
    return gaps;
  }

  /** What stands before the record in the round is routed; nothing behind it is. */
  private refuses(record: ReceivedRecord): boolean {
    const reason = this.refusalOf(record);
    if (reason === null) return false;
    this.refused.set(record.partition, { offset: record.offset, reason });
    this.stop(record.partition, reason);
    return true;
  }

  /** The refused record left the queue and does not come again: what stands behind it must not be taken for the next. */
  private stopAgain(partition: number, next: number): void {
    const refusal = this.refused.get(partition);
    if (refusal === undefined) return;
    if (next > refusal.offset) this.refused.delete(partition);
    else this.stopped.set(partition, refusal.reason);
  }

  private stop(partition: number, reason: string): void {
    this.stopped.set(partition, reason);
    this.onStop(partition, reason);
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
