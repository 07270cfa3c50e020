import type { ReceivedRecord, RecordBatch } from '@hookstile/messaging';

/** What the objects of a record cost in memory beside its bytes. */
const RECORD_OVERHEAD_BYTES = 512;
const HEADER_OVERHEAD_BYTES = 128;

export interface RoundBounds {
  maxRecords: number;
  maxBytes: number;
}

interface QueuedBatch {
  partition: number;
  records: readonly ReceivedRecord[];
  taken: number;
}

/** Headers and keys count as values do: a producer may put megabytes into either. */
export function recordBytes({ key, headers, value }: ReceivedRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += HEADER_OVERHEAD_BYTES + name.length + (headers[name]?.length ?? 0);
  return bytes;
}

/** Fetched batches in the order they came; a partition's records leave it in the order of their offsets. */
export class RecordQueue {
  private batches: QueuedBatch[] = [];
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
    this.enter({ partition, records: fresh, taken: 0 });
  }

  /** Removes records for one round: at least one, and no more than the bounds allow. */
  take({ maxRecords, maxBytes }: RoundBounds): ReceivedRecord[] {
    const round: ReceivedRecord[] = [];
    let bytes = 0;
    for (let batch = this.batches[0]; batch; batch = this.batches[0]) {
      const record = batch.records[batch.taken];
      if (!record) {
        this.batches.shift();
        continue;
      }
      const size = recordBytes(record);
      if (round.length >= maxRecords || (round.length > 0 && bytes + size > maxBytes)) break;
      round.push(record);
      bytes += size;
      batch.taken += 1;
    }
    this.records -= round.length;
    this.bytes -= bytes;
    return round;
  }

  /** Forgets partitions that are not kept; when they come back they begin wherever they do. */
  keep(isKept: (partition: number) => boolean): void {
    for (const partition of this.next.keys()) if (!isKept(partition)) this.next.delete(partition);
    const kept = this.batches.filter(({ partition }) => isKept(partition));
    this.batches = [];
    this.records = 0;
    this.bytes = 0;
    for (const { partition, records, taken } of kept)
      this.enter({ partition, records: records.slice(taken), taken: 0 });
  }

  private enter(batch: QueuedBatch): void {
    this.batches.push(batch);
    this.records += batch.records.length;
    for (const record of batch.records) this.bytes += recordBytes(record);
  }
}
