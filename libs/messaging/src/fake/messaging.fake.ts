import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_PARTITION_COUNT } from '@hookstile/contracts';
import { MessagingError } from '../port/messaging.error.js';
import type {
  Follower,
  FollowOptions,
  Messaging,
  PublisherOptions,
  ReadRangeOptions,
  RecordPublisher,
  RecordReader,
  Subscription,
  SubscriptionOptions,
  TopicDefinition,
} from '../port/messaging.js';
import { silentLogger } from '../port/messaging-logger.js';
import type { OutgoingRecord, ReceivedRecord, TopicPartition } from '../port/records.js';
import { Waiters } from '../port/waiters.js';
import { OrderedPublisher } from '../publisher/ordered.publisher.js';
import { FakeGroup } from './fake-group.js';
import { FakeLog } from './fake-log.js';

export interface FakeMessagingOptions {
  /** Partitions of topics that nobody created. */
  partitions?: number;
  nowMs?: () => number;
  /** Answers the publishers' requests in the broker's place; `append` writes to the log and gives the offsets. */
  answer?(
    records: readonly OutgoingRecord[],
    append: (records: readonly OutgoingRecord[]) => number[],
    publisher: string,
  ): Promise<readonly number[]>;
}

/** Of one read. */
const READ_MAX_RECORDS = 100;

interface Reading {
  topic: string;
  advance(): void;
}

/**
 * A broker in memory for tests of pure logic. Publishers are the real ones, with their queue and their repetition,
 * over a send that tests can make fail; nothing waits for timers.
 */
export class FakeMessaging implements Messaging {
  private readonly log: FakeLog;
  private readonly groups = new Map<string, FakeGroup>();
  private readonly followers = new Set<Reading>();
  private failures: ('lost' | 'written')[] = [];
  private held: PromiseWithResolvers<void> | null = null;
  /** While true, no send is acknowledged and every question to the broker is rejected. */
  unavailable = false;
  /** Requests that were sent, also failed ones. */
  readonly requests: (readonly OutgoingRecord[])[] = [];

  private readonly answer: FakeMessagingOptions['answer'];

  constructor({ partitions = DEFAULT_PARTITION_COUNT, nowMs = Date.now, answer }: FakeMessagingOptions = {}) {
    this.answer = answer;
    this.log = new FakeLog(partitions, nowMs);
  }

  /** The next `count` requests are rejected; with `written` the records are in the log nevertheless. */
  failNextSends(count: number, outcome: 'lost' | 'written' = 'lost'): void {
    for (let i = 0; i < count; i += 1) this.failures.push(outcome);
  }

  /** Requests wait until the returned function is called. */
  holdSends(): () => void {
    const held = Promise.withResolvers<void>();
    this.held = held;
    return () => {
      this.held = null;
      held.resolve();
    };
  }

  /** What a topic holds: partition by partition, in offset order. */
  records(topic: string): ReceivedRecord[] {
    return this.log.partitions(topic).flatMap((partition) => partition.from(0));
  }

  /** Writes without a publisher, as a platform's producer does. Returns the offset. */
  append(record: OutgoingRecord): number {
    const offset = this.log.append(record);
    this.wake();
    return offset;
  }

  committed(groupId: string, { topic, partition }: TopicPartition): number | undefined {
    return this.groups.get(groupId)?.committed.get(`${partition}/${topic}`);
  }

  /** Assigns a group's partitions anew: its members read again from what was committed. */
  rebalance(groupId: string): void {
    this.groups.get(groupId)?.rebalance();
  }

  /** Lets retention pass: the log begins at `offset`. */
  truncate({ topic, partition }: TopicPartition, offset: number): void {
    this.log.partition(topic, partition).startOffset = offset;
  }

  async publisher(options: PublisherOptions): Promise<RecordPublisher> {
    const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));
    return new OrderedPublisher({
      ...options,
      send: (records) => this.send(records, options.name),
      logger: silentLogger,
      linger: turn,
      requestIntervalMs: 0,
      monotonicMs: () => 0,
      pauseBeforeRetry: turn,
      sleep: (ms) => sleep(ms, undefined, { ref: false }),
    });
  }

  async subscribe(options: SubscriptionOptions): Promise<Subscription> {
    this.answering();
    const group = this.groups.get(options.groupId) ?? new FakeGroup(this.log);
    this.groups.set(options.groupId, group);
    return group.join(options);
  }

  async follow({ topic, onRecords }: FollowOptions): Promise<Follower> {
    this.answering();
    const partitions = this.log.partitions(topic);
    const positions = partitions.map(({ startOffset }) => startOffset);
    const waiters = new Waiters((partition) => positions[partition] ?? 0);
    const reading: Reading = {
      topic,
      advance: () => {
        for (const [partition, log] of partitions.entries()) {
          const records = log.from(positions[partition] ?? 0);
          positions[partition] = log.endOffset;
          if (records.length > 0) onRecords(records);
          waiters.advanced(partition);
        }
      },
    };
    reading.advance();
    this.followers.add(reading);
    return {
      position: (partition) => positions[partition] ?? 0,
      reached: (partition, offset) => waiters.reached(partition, offset),
      stop: async () => void this.followers.delete(reading),
    };
  }

  async readRange({ topic, partition, from, to, onRecords }: ReadRangeOptions): Promise<void> {
    this.answering();
    const log = this.log.partition(topic, partition);
    if (from >= to) return;
    if (from < log.startOffset || from > log.endOffset) {
      throw new MessagingError('offset_out_of_range', `${topic}/${partition} does not hold offset ${from}`, false);
    }
    onRecords(log.from(from, to - from));
  }

  reader(): RecordReader {
    return {
      readFrom: async ({ topic, partition, offset }) => {
        this.answering();
        const log = this.log.partition(topic, partition);
        if (offset < log.startOffset || offset > log.endOffset) {
          throw new MessagingError(
            'offset_out_of_range',
            `${topic}/${partition} does not hold offset ${offset}`,
            false,
          );
        }
        return log.from(offset, READ_MAX_RECORDS);
      },
      close: async () => {},
    };
  }

  async endOffset({ topic, partition }: TopicPartition): Promise<number> {
    this.answering();
    return this.log.partition(topic, partition).endOffset;
  }

  async startOffset({ topic, partition }: TopicPartition): Promise<number> {
    this.answering();
    return this.log.partition(topic, partition).startOffset;
  }

  async createTopics(topics: readonly TopicDefinition[]): Promise<void> {
    await this.refuseOtherCounts(topics);
    for (const { name, partitions } of topics) {
      if (this.log.partitionCount(name) === undefined) this.log.create(name, partitions);
    }
  }

  async refuseOtherCounts(topics: readonly TopicDefinition[]): Promise<void> {
    this.answering();
    for (const { name, partitions } of topics) {
      const count = this.log.partitionCount(name);
      if (count === undefined || count === partitions) continue;
      const message = `topic ${name} has ${count} partitions and ${partitions} are configured`;
      throw new MessagingError('partition_count_differs', message, false);
    }
  }

  async ping(): Promise<void> {
    this.answering();
  }

  async close(): Promise<void> {}

  private async send(records: readonly OutgoingRecord[], publisher: string): Promise<readonly number[]> {
    this.requests.push(records);
    if (this.answer) return this.answer(records, (all) => all.map((record) => this.log.append(record)), publisher);
    if (this.held) await this.held.promise;
    const failure = this.unavailable ? 'lost' : this.failures.shift();
    const offsets = failure === 'lost' ? [] : records.map((record) => this.log.append(record));
    this.wake();
    if (failure) throw new MessagingError('broker_unavailable', 'the connection was cut', true);
    return offsets;
  }

  private wake(): void {
    queueMicrotask(() => {
      for (const { advance } of this.followers) advance();
      for (const group of this.groups.values()) group.wake();
    });
  }

  private answering(): void {
    if (this.unavailable) throw new MessagingError('broker_unavailable', 'the broker does not answer', true);
  }
}
