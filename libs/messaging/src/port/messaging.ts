import type { OutgoingRecord, Position, ReceivedRecord, RecordBatch, TopicPartition } from './records.js';

/**
 * Writes records so that none is lost or overtaken: acks from all in-sync replicas, one request in flight; records of
 * a rejected request go first again, in order. A record can be written twice; every reader drops duplicates.
 */
export interface RecordPublisher {
  /**
   * Resolves with each record's offset, in the order given, once all in-sync replicas have it.
   * Calls are written in the order they were made. Rejects with `MessagingError`
   * `publisher_full` (retryable: the bounded queue is full, nothing was queued), `publisher_closed`,
   * or `record_too_large`.
   */
  publish(records: readonly OutgoingRecord[]): Promise<readonly number[]>;
  /** Records queued or in flight. */
  readonly pending: number;
  /** Whether requests are being acknowledged at present; null before the first. */
  readonly healthy: boolean | null;
  /** Writes what is queued, up to `timeoutMs`, then closes. */
  close(timeoutMs: number): Promise<void>;
}

export interface PublisherOptions {
  /** Names the publisher in metrics and logs. */
  name: string;
  /** Waits this long for company before a request when none is in flight; 0 = none. */
  lingerMs?: number;
  /**
   * A request begins at least this long after the one before it (default 3 ms): a lone record still goes at once, but
   * under load requests are fewer and fuller. What may lag, such as routings, saves CPU with more.
   */
  requestIntervalMs?: number;
  /**
   * A record that follows on a request waits for company until this long after that request began, unless waiting has
   * brought none of late (default 0: no longer than `requestIntervalMs`).
   */
  gatherMs?: number;
  /** Bounds of the queue; `publish` rejects beyond. */
  queueMaxRecords?: number;
  queueMaxBytes?: number;
}

export interface SubscriptionHandlers {
  /**
   * Takes a batch over; must only enqueue and return at once. To slow the reader down, pause the partition.
   * After a rejoin the same records may come again from the committed offset.
   */
  onBatch(batch: RecordBatch): void;
  /** The whole new assignment, after each rebalance; compare with the one before to find what was gained and lost. */
  onAssignment(partitions: readonly TopicPartition[]): void;
}

export interface SubscriptionOptions extends SubscriptionHandlers {
  groupId: string;
  topics: readonly string[];
  /** Where a partition without a commit begins. */
  from: 'beginning' | 'end';
  /** After this long without a sign of life a member counts as dead and its partitions go to others (default 10 s). */
  sessionTimeoutMs?: number;
  /**
   * The broker answers a fetch once it has this many bytes (default 1: at once), or after `fetchMaxWaitMs`. A reader
   * that may lag saves CPU by letting the broker collect. Never more than `fetchPartitionMaxBytes`.
   */
  fetchMinBytes?: number;
  fetchMaxWaitMs?: number;
  /**
   * Of one partition in one fetch (default 1 MiB; a larger batch comes alone). The broker answers with the first
   * partitions that fill it, in no order: with little of each, a reader with a backlog goes through all at one pace.
   */
  fetchPartitionMaxBytes?: number;
  /** After records came, the next fetch begins at least this long later (default 3 ms). */
  fetchIntervalMs?: number;
}

/** Membership in a consumer group. Nothing is committed but by `commit`. */
export interface Subscription {
  /** Commits the next offsets to read; positions of partitions that are not assigned here are left out. */
  commit(positions: readonly Position[]): Promise<void>;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Goes on reading a partition at `offset`. */
  seek(position: Position): void;
  readonly assignment: readonly TopicPartition[];
  /** Stops fetching; no `onBatch` after it resolves. Idempotent. The group's membership ends too. */
  stop(): Promise<void>;
}

export interface FollowOptions {
  topic: string;
  onRecords(records: readonly ReceivedRecord[]): void;
}

/** A reader without a group that has read a whole topic from its beginning and stays at its end. */
export interface Follower {
  /** The next offset to be read of each partition: all below were handed to `onRecords`. */
  position(partition: number): number;
  /** Resolves once `position(partition) >= offset`. */
  reached(partition: number, offset: number): Promise<void>;
  stop(): Promise<void>;
}

export interface ReadRangeOptions {
  topic: string;
  partition: number;
  /** The first offset wanted. */
  from: number;
  /** Reads up to, not including, this offset. */
  to: number;
  onRecords(records: readonly ReceivedRecord[]): void;
}

/** Reads where it is told to, in any order; its connections are kept between reads. */
export interface RecordReader {
  /**
   * The records at an offset and behind it, as many as one read brings. The first is the one asked for, or the next that
   * the log holds (a compacted one, and one with transactions, has gaps); none at the end. Rejects with `MessagingError`
   * `offset_out_of_range` or `broker_unavailable`.
   */
  readFrom(position: Position): Promise<readonly ReceivedRecord[]>;
  close(): Promise<void>;
}

export interface TopicDefinition {
  name: string;
  partitions: number;
  /** Topic settings by Kafka's names, such as `cleanup.policy`. */
  settings?: Readonly<Record<string, string>>;
}

/** What Hookstile needs of a broker; `libs/messaging/src/kafkajs` is the real one. */
export interface Messaging {
  publisher(options: PublisherOptions): Promise<RecordPublisher>;
  subscribe(options: SubscriptionOptions): Promise<Subscription>;
  /** Resolves when the reader has reached the end offsets that were current when it began. */
  follow(options: FollowOptions): Promise<Follower>;
  /** Rejects with `MessagingError` `offset_out_of_range` when retention has passed a wanted offset. */
  readRange(options: ReadRangeOptions): Promise<void>;
  /** Connects when it is first asked for a record. */
  reader(): RecordReader;
  /**
   * End offset (high watermark) of one partition, as it was after the call was made: one plain ListOffsets. Concurrent
   * calls for the same share one request, but never one that was already on its way.
   */
  endOffset(partition: TopicPartition): Promise<number>;
  /** Log start offset of one partition. */
  startOffset(partition: TopicPartition): Promise<number>;
  /** Creates what is missing; rejects with `MessagingError` `partition_count_differs` when a topic has another count. */
  createTopics(topics: readonly TopicDefinition[], replicationFactor: number): Promise<void>;
  /** Creates nothing; rejects with `partition_count_differs` when a topic that exists has another count. */
  refuseOtherCounts(topics: readonly TopicDefinition[]): Promise<void>;
  /** Cheap: is the cluster answering? Rejects with the reason, at the latest when a request times out; readiness waits less long. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The token under which the messaging port is provided. */
export const MESSAGING = Symbol('Messaging');
