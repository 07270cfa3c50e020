import type { ReceivedRecord, RecordBatch } from '@hookstile/messaging';

/** What the objects of a record cost in memory beside its bytes. */
const RECORD_OVERHEAD_BYTES = 512;
const HEADER_OVERHEAD_BYTES = 128;

/** How much is held, or may be. */
export interface Amount {
  records: number;
  bytes: number;
}

interface PartitionQueue extends Amount {
  /** Fetched batches in the order of their offsets, without what was taken of them. */
  batches: (ReceivedRecord | undefined)[][];
  /** Of the first batch. */
  taken: number;
}

const NOTHING: Amount = { records: 0, bytes: 0 };

/** Headers and keys count as values do: a producer may put megabytes into either. */
export function recordBytes({ key, headers, value }: ReceivedRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += HEADER_OVERHEAD_BYTES + name.length + (headers[name]?.length ?? 0);
  return bytes;
}

function firstOf({ batches, taken }: PartitionQueue): ReceivedRecord | undefined {
  return batches[0]?.[taken];
}

/** Fetched records by partition. They leave it in the order of their offsets, and partitions take turns. */
export class RecordQueue {
  /** In the order of their turns; none is empty. */
  private readonly queues = new Map<number, PartitionQueue>();
  /** The next offset expected of each partition: a rejoin brings what is queued, or was taken, once more. */
  private readonly next = new Map<number, number>();
  records = 0;
  bytes = 0;

  push({ partition, records }: RecordBatch): void {
    const next = this.next.get(partition) ?? 0;
    const fresh = (records[0]?.offset ?? next) >= next ? records : records.filter(({ offset }) => offset >= next);
    const last = fresh.at(-1);
    if (!last) return;
    this.next.set(partition, last.offset + 1);
    const queue = this.queues.get(partition) ?? { batches: [], taken: 0, records: 0, bytes: 0 };
    queue.batches.push([...fresh]);
    this.queues.set(partition, queue);
    this.count(
      queue,
      fresh.length,
      fresh.reduce((sum, record) => sum + recordBytes(record), 0),
    );
  }

  /**
   * Removes records for one round: at least one, and no more than the bounds allow. One of each partition in turn, so
   * that what a tenant sends at once stands before nobody in another partition for longer than a round.
   */
  take(most: Amount): ReceivedRecord[] {
    const round: ReceivedRecord[] = [];
    let bytes = 0;
    // Who has had its turn comes last: a map is gone through up to the entries that are made meanwhile.
    for (const [partition, queue] of this.queues) {
      const record = firstOf(queue);
      if (!record) continue;
      const size = recordBytes(record);
      if (round.length >= most.records || (round.length > 0 && bytes + size > most.bytes)) break;
      round.push(record);
      bytes += size;
      this.removeFirst(partition, queue, size);
    }
    return round;
  }

  /** Of one partition. */
  heldOf(partition: number): Amount {
    return this.queues.get(partition) ?? NOTHING;
  }

  /** Forgets partitions that are not kept; when they come back they begin wherever they do. */
  keep(isKept: (partition: number) => boolean): void {
    for (const partition of this.next.keys()) if (!isKept(partition)) this.next.delete(partition);
    for (const [partition, queue] of this.queues) {
      if (isKept(partition)) continue;
      this.queues.delete(partition);
      this.count(queue, -queue.records, -queue.bytes);
    }
  }

  private removeFirst(partition: number, queue: PartitionQueue, bytes: number): void {
    const [batch = []] = queue.batches;
    // All partitions have a batch of which some is taken: it must not keep that in memory, where nothing counts it.
    batch[queue.taken] = undefined;
    queue.taken += 1;
    if (queue.taken === batch.length) {
      queue.batches.shift();
      queue.taken = 0;
    }
    this.count(queue, -1, -bytes);
    this.queues.delete(partition);
    if (queue.records > 0) this.queues.set(partition, queue);
  }

  private count(queue: PartitionQueue, records: number, bytes: number): void {
    queue.records += records;
    queue.bytes += bytes;
    this.records += records;
    this.bytes += bytes;
  }
}
