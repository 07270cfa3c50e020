import type { Amount } from './record-queue.js';

/** Beyond either, nothing is fetched. */
export const QUEUED_MAX_RECORDS = 5_000;
export const QUEUED_MAX_BYTES = 32 * 1024 * 1024;
/** Beyond a half, no more of partitions that have more than their share of that; below a quarter, of all again. */
const CROWDED = 1 / 2;
const CALM = 1 / 4;
/** A paused partition that has no more than this of its share is fetched again, whatever the others have. */
const LIGHT = 1 / 2;

export interface QueuedRecords extends Amount {
  heldOf(partition: number): Amount;
}

/** Whether it is more, in records or in bytes, than a part of what may be queued. */
function isAbove({ records, bytes }: Amount, part: number): boolean {
  return records > QUEUED_MAX_RECORDS * part || bytes > QUEUED_MAX_BYTES * part;
}

/**
 * Which partitions are not fetched at present. Who sends much fills his own partition's share of the queue, and is
 * fetched no more before the others are held up.
 */
export class FetchPauses {
  private readonly paused = new Set<number>();

  constructor(private readonly queue: QueuedRecords) {}

  /** After records came: which partitions are to be paused. */
  toPause(assigned: ReadonlySet<number>): number[] {
    if (!isAbove(this.queue, CROWDED)) return [];
    const isFull = isAbove(this.queue, 1);
    const share = CROWDED / assigned.size;
    const added = [...assigned].filter(
      (partition) => !this.paused.has(partition) && (isFull || isAbove(this.queue.heldOf(partition), share)),
    );
    for (const partition of added) this.paused.add(partition);
    return added;
  }

  /** After records were taken: which partitions are to be resumed. */
  toResume(assigned: ReadonlySet<number>): number[] {
    if (this.paused.size === 0 || isAbove(this.queue, 1)) return [];
    const isCalm = !isAbove(this.queue, CALM);
    const lightShare = (CROWDED * LIGHT) / assigned.size;
    const ended = [...this.paused].filter((partition) => isCalm || !isAbove(this.queue.heldOf(partition), lightShare));
    for (const partition of ended) this.paused.delete(partition);
    return ended;
  }

  /** A pause does not outlive a rejoin: every partition is fetched again. */
  forget(): void {
    this.paused.clear();
  }
}
