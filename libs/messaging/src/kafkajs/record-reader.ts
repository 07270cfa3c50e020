import { setTimeout as sleep } from 'node:timers/promises';
import { MessagingError } from '../port/messaging.error.js';
import type { RecordReader } from '../port/messaging.js';
import type { Position, ReceivedRecord } from '../port/records.js';
import { brokerErrorType, unavailable } from './broker-error.js';
import type { Client } from './client.js';
import { type Cluster, FetchedBatchClass } from './internals.js';
import { leaderOf, recover } from './offsets.js';
import { receivedRecord } from './received-record.js';

const READ_COMMITTED = 1;
/** What one read brings; a larger record comes alone. Readers of few records among many would throw more away. */
const READ_MAX_BYTES = 256 * 1024;
/** Only a read at the very end waits. */
const READ_MAX_WAIT_MS = 50;
const ATTEMPTS = 4;
const RETRY_DELAY_MS = 100;

/** Reads at given offsets, over connections of its own, which it opens when it is first needed and keeps. */
export class KafkajsRecordReader implements RecordReader {
  private readonly cluster: Cluster;
  private connecting: Promise<void> | null = null;

  constructor(private readonly client: Client) {
    this.cluster = client.newCluster();
  }

  async readFrom(position: Position): Promise<readonly ReceivedRecord[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.connect();
        return await this.fetch(position);
      } catch (error) {
        const at = `${position.topic}/${position.partition}`;
        if (brokerErrorType(error) === 'OFFSET_OUT_OF_RANGE') {
          throw new MessagingError('offset_out_of_range', `${at} does not hold offset ${position.offset}`, false);
        }
        if (attempt >= ATTEMPTS) throw unavailable(`cannot read ${at}`, error);
        this.client.logger.debug({ err: error, ...position }, 'a read failed; trying again');
        await sleep(RETRY_DELAY_MS * attempt);
        await recover(this.cluster, error);
      }
    }
  }

  close(): Promise<void> {
    return this.cluster.disconnect();
  }

  private async connect(): Promise<void> {
    if (this.cluster.isConnected()) return;
    this.connecting ??= this.cluster.connect().finally(() => {
      this.connecting = null;
    });
    await this.connecting;
  }

  private async fetch({ topic, partition, offset }: Position): Promise<readonly ReceivedRecord[]> {
    const broker = await this.cluster.findBroker({ nodeId: await leaderOf(this.cluster, { topic, partition }) });
    const fetchOffset = String(offset);
    const { responses } = await broker.fetch({
      maxWaitTime: READ_MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: READ_MAX_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes: READ_MAX_BYTES }] }],
    });
    const fetched = responses[0]?.partitions[0];
    if (!fetched) return [];
    const { messages } = new FetchedBatchClass(topic, fetchOffset, fetched);
    return messages.map((message) => receivedRecord(topic, partition, message));
  }
}
