import type { ReceivedRecord, RecordBatch } from '@hookstile/messaging';

/** What a record costs in memory beside its value: headers, key and objects. */
const RECORD_OVERHEAD_BYTES = 512;

export interface RoundBounds {
  maxRecords: number;
  maxBytes: number;
}

interface QueuedBatch {
  partition: number;
  records: readonly ReceivedRecord[];
  taken: number;
}

export function recordBytes(record: ReceivedRecord): number {
  return (record.value?.length ?? 0) + RECORD_OVERHEAD_BYTES;
}

/** Fetched batches in the order they came; a partition's records leave it in the order of their offsets. */
export class RecordQueue {
  private batches: QueuedBatch[] = [];
  records = 0;
  bytes = 0;

  push({ partition, records }: RecordBatch): void {
    this.batches.push({ partition, records, taken: 0 });
    this.records += records.length;
    for (const record of records) this.bytes += recordBytes(record);
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

  /** Forgets the batches of partitions that are not kept. */
  keep(isKept: (partition: number) => boolean): void {
    const kept = this.batches.filter(({ partition }) => isKept(partition));
    this.batches = [];
    this.records = 0;
    this.bytes = 0;
    for (const { partition, records, taken } of kept) {
      this.push({ topic: '', partition, records: records.slice(taken), highWatermark: 0 });
    }
  }
}
