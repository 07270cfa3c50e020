import { Assignment } from '../port/assignment.js';
import type { Position, ReceivedRecord, RecordBatch, TopicPartition } from '../port/records.js';

/** What a handler gets: records of one topic, of all its partitions, each partition's in offset order. */
export interface MergedBatch {
  topic: string;
  records: readonly ReceivedRecord[];
  /** The next offsets, which are committed once the handler has resolved. */
  positions: readonly Position[];
}

/** Fetched records of one topic that wait for the handler. */
export class TopicBuffer {
  private records: ReceivedRecord[] = [];
  /** The next offset expected of each partition: below it a record was taken in before. */
  private readonly next = new Map<number, number>();
  bytes = 0;

  constructor(readonly topic: string) {}

  get length(): number {
    return this.records.length;
  }

  /** Takes a fetched batch in; records that came before, as a rejoin brings them, are dropped. */
  add({ partition, records }: RecordBatch): void {
    const next = this.next.get(partition) ?? 0;
    for (const record of records) {
      if (record.offset < next) continue;
      this.records.push(record);
      this.bytes += record.value?.length ?? 0;
      this.next.set(partition, record.offset + 1);
    }
  }

  /** Forgets partitions that went to another member; when they come back they begin at the commit. */
  keepOnly(assignment: Assignment): void {
    const own = (partition: number) => assignment.has({ topic: this.topic, partition });
    for (const partition of this.next.keys()) if (!own(partition)) this.next.delete(partition);
    this.drop((partition) => !own(partition));
  }

  /** Lets go of the records of some partitions. */
  drop(isDropped: (partition: number) => boolean): void {
    this.records = this.records.filter(({ partition }) => !isDropped(partition));
    this.bytes = this.records.reduce((bytes, { value }) => bytes + (value?.length ?? 0), 0);
  }

  /** The oldest records, at most `maxRecords`, and the positions behind them. */
  take(maxRecords: number): MergedBatch {
    const records = this.records.slice(0, maxRecords);
    this.records = this.records.slice(maxRecords);
    const positions = new Map<string, Position>();
    for (const { topic, partition, offset, value } of records) {
      this.bytes -= value?.length ?? 0;
      positions.set(Assignment.key({ topic, partition }), { topic, partition, offset: offset + 1 });
    }
    return { topic: this.topic, records, positions: [...positions.values()] };
  }

  partitionsOf(assignment: readonly TopicPartition[]): TopicPartition[] {
    return assignment.filter(({ topic }) => topic === this.topic);
  }
}
