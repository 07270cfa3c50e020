import type { EncodedRecord } from '@hookstile/contracts';

/** A record to be written; the partition is always explicit (`partitionOf`), never the broker's choice. */
export interface OutgoingRecord extends EncodedRecord {
  topic: string;
  partition: number;
}

/** Why a record could not be had from its batch. */
export interface Unreadable {
  code: 'malformed' | 'too_large' | 'unsupported_compression';
  detail: string;
  /** How many records it stands for: one, but for the last of a batch with too many. */
  records: number;
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
  /** The record has neither key nor value nor headers here: its batch could not be decompressed, or is no batch. */
  unreadable?: Unreadable;
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
