import { setTimeout as sleep } from 'node:timers/promises';
import { MessagingError } from '../port/messaging.error.js';
import type { MessagingLogger } from '../port/messaging-logger.js';
import type { ReceivedRecord } from '../port/records.js';
import { brokerErrorType } from './broker-error.js';
import { type Cluster, type FetchedBatch, FetchedBatchClass } from './internals.js';
import { leaderOf, recover } from './offsets.js';
import { receivedRecord, tellUnreadable } from './received-record.js';

const READ_COMMITTED = 1;
const FETCH_MAX_WAIT_MS = 500;
const FETCH_MAX_BYTES = 4 * 1024 * 1024;
const PARTITION_MAX_BYTES = 1024 * 1024;
const RETRY_DELAY_MS = 200;
const RETRY_DELAY_MAX_MS = 2_000;

export interface PartitionReaderOptions {
  cluster: Cluster;
  logger: MessagingLogger;
  topic: string;
  /** The next offset to be read of each partition. */
  positions: Map<number, number>;
  onRecords(records: readonly ReceivedRecord[], partition: number): void;
  /** The position lies outside the log: returns the offset to go on at, or throws to end the reader. */
  onOutOfRange(partition: number): Promise<number>;
  isDone(): boolean;
}

/** Reads partitions of one topic without a consumer group: no coordinator, no rebalance, nothing left behind. */
export class PartitionReader {
  constructor(private readonly options: PartitionReaderOptions) {}

  /** Resolves once `isDone`; broken connections and moved leaders are met by trying again. */
  async run(): Promise<void> {
    const { topic, cluster, logger } = this.options;
    let delayMs = RETRY_DELAY_MS;
    while (!this.options.isDone()) {
      try {
        const byLeader = await this.partitionsByLeader();
        const moved = { value: false };
        await Promise.all([...byLeader].map(([nodeId, partitions]) => this.readFrom(nodeId, partitions, moved)));
        delayMs = RETRY_DELAY_MS;
      } catch (error) {
        if (error instanceof ReaderEnded) throw error.cause;
        if (this.options.isDone()) return;
        logger.warn({ topic, err: error }, 'reading a topic failed; trying again');
        await sleep(delayMs);
        if (this.options.isDone()) return;
        delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS);
        await recover(cluster, error);
      }
    }
  }

  private async partitionsByLeader(): Promise<Map<string, number[]>> {
    const byLeader = new Map<string, number[]>();
    for (const partition of this.options.positions.keys()) {
      const nodeId = await leaderOf(this.options.cluster, { topic: this.options.topic, partition });
      byLeader.set(nodeId, [...(byLeader.get(nodeId) ?? []), partition]);
    }
    return byLeader;
  }

  /** One loop a leader, so that a quiet broker's long poll does not hold up a busy one's records. */
  private async readFrom(nodeId: string, partitions: readonly number[], moved: { value: boolean }): Promise<void> {
    try {
      while (!moved.value && !this.options.isDone()) await this.fetchOnce(nodeId, partitions);
    } finally {
      moved.value = true;
    }
  }

  private async fetchOnce(nodeId: string, partitions: readonly number[]): Promise<void> {
    const { cluster, topic, positions } = this.options;
    const broker = await cluster.findBroker({ nodeId });
    const wanted = partitions.map((partition) => ({
      partition,
      fetchOffset: String(positions.get(partition) ?? 0),
      maxBytes: PARTITION_MAX_BYTES,
    }));
    try {
      const { responses } = await broker.fetch({
        maxWaitTime: FETCH_MAX_WAIT_MS,
        minBytes: 1,
        maxBytes: FETCH_MAX_BYTES,
        isolationLevel: READ_COMMITTED,
        topics: [{ topic, partitions: wanted }],
      });
      for (const response of responses) {
        for (const fetched of response.partitions) {
          const from = String(positions.get(fetched.partition) ?? 0);
          this.take(fetched.partition, new FetchedBatchClass(topic, from, fetched));
        }
      }
    } catch (error) {
      if (brokerErrorType(error) !== 'OFFSET_OUT_OF_RANGE') throw error;
      await this.moveIntoRange(error, partitions);
    }
  }

  private take(partition: number, batch: FetchedBatch): void {
    if (batch.rawMessages.length === 0 || this.options.isDone()) return;
    const { topic, positions, logger } = this.options;
    const records = batch.messages.map((message) => receivedRecord(topic, partition, message));
    tellUnreadable(logger, records);
    positions.set(partition, Number(batch.lastOffset()) + 1);
    this.options.onRecords(records, partition);
  }

  /** kafkajs names the partition in the error; without it each of the request's partitions is asked about. */
  private async moveIntoRange(error: unknown, partitions: readonly number[]): Promise<void> {
    const named = (error as { partition?: number }).partition;
    try {
      for (const partition of named === undefined ? partitions : [named]) {
        this.options.positions.set(partition, await this.options.onOutOfRange(partition));
      }
    } catch (cause) {
      if (cause instanceof MessagingError && !cause.retryable) throw new ReaderEnded(cause);
      throw cause;
    }
  }
}

/** Carries an error out of the loop that trying again would not mend. */
class ReaderEnded extends Error {
  constructor(cause: unknown) {
    super('the reader ended', { cause });
  }
}
