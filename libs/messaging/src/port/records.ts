import type { EncodedRecord } from '@hookstile/contracts';

/** A record to be written; the partition is always explicit (`partitionOf`), never the broker's choice. */
export interface OutgoingRecord extends EncodedRecord {
  topic: string;
  partition: number;
}

/** A record as a reader gets it. Offsets are whole numbers below 2^53. */
export interface ReceivedRecord {
  topic: string;
  partition: number;
  offset: number;
  key: string | null;
  headers: Readonly<Record<string, Buffer | undefined>>;
  value: Buffer | null;
  /** Unix milliseconds, as the broker stored it. */
  timestampMs: number;
}

/** Records of one partition in offset order, never empty. */
export interface RecordBatch {
  topic: string;
  partition: number;
  records: readonly ReceivedRecord[];
  /** The offset behind the partition's last readable record when the batch was fetched. */
  highWatermark: number;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

/** The next offset to be read, as Kafka commits it. */
export interface Position extends TopicPartition {
  offset: number;
}
