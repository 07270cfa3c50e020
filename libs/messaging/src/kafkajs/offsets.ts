import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicPartition } from '../port/records.js';
import { brokenAddress, brokerErrorType, unavailable } from './broker-error.js';
import type { Client } from './client.js';
import type { Cluster } from './internals.js';
import { SharedCall } from './shared-call.js';

const LATEST = -1;
const EARLIEST = -2;
const READ_UNCOMMITTED = 0;
/** Rounds and keys wait for these. */
const REQUEST_TIMEOUT_MAX_MS = 5_000;
const ATTEMPTS = 5;
const RETRY_DELAY_MS = 100;

const immediate = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Finds a partition's leader in the cached metadata, loading it when the topic is new or has no leader. */
export async function leaderOf(cluster: Cluster, { topic, partition }: TopicPartition): Promise<string> {
  await cluster.addTargetTopic(topic);
  await cluster.refreshMetadataIfNecessary();
  const metadata = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
  if (!metadata || metadata.leader < 0) throw new Error(`${topic}/${partition} has no leader`);
  return String(metadata.leader);
}

/** Makes the next attempt find the new leader or a new connection. */
export async function recover(cluster: Cluster, error: unknown): Promise<void> {
  const address = brokenAddress(error);
  if (address) cluster.removeBroker(address);
  try {
    if (!cluster.isConnected()) await cluster.connect();
    await cluster.refreshMetadata();
  } catch {
    // The caller's next attempt meets the same failure and reports it.
  }
}

/** Asks for offsets of single partitions: one ListOffsets request each, shared by concurrent callers. */
export class OffsetReader {
  private readonly cluster: Cluster;
  private readonly shared = new Map<string, SharedCall<number>>();

  constructor(client: Client) {
    this.cluster = client.newCluster(REQUEST_TIMEOUT_MAX_MS);
  }

  async connect(): Promise<void> {
    await this.cluster.connect();
    await this.cluster.refreshMetadata();
  }

  endOffset(of: TopicPartition): Promise<number> {
    return this.sharedOffset(of, LATEST);
  }

  startOffset(of: TopicPartition): Promise<number> {
    return this.sharedOffset(of, EARLIEST);
  }

  async ping(): Promise<void> {
    try {
      const [nodeId] = this.cluster.getNodeIds();
      if (nodeId === undefined) throw new Error('no broker is known');
      const broker = await this.cluster.findBroker({ nodeId });
      await broker.apiVersions();
    } catch (error) {
      void recover(this.cluster, error);
      throw unavailable('Kafka does not answer', error);
    }
  }

  close(): Promise<void> {
    return this.cluster.disconnect();
  }

  private sharedOffset(of: TopicPartition, timestamp: number): Promise<number> {
    const key = `${timestamp}/${of.partition}/${of.topic}`;
    let shared = this.shared.get(key);
    if (!shared) {
      shared = new SharedCall(() => this.listOffset(of, timestamp), immediate);
      this.shared.set(key, shared);
    }
    return shared.call();
  }

  private async listOffset(of: TopicPartition, timestamp: number): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.requestOffset(of, timestamp);
      } catch (error) {
        if (attempt >= ATTEMPTS || brokerErrorType(error) === 'TOPIC_AUTHORIZATION_FAILED') {
          throw unavailable(`no offset of ${of.topic}/${of.partition}`, error);
        }
        await recover(this.cluster, error);
        await sleep(RETRY_DELAY_MS * attempt);
      }
    }
  }

  private async requestOffset({ topic, partition }: TopicPartition, timestamp: number): Promise<number> {
    const nodeId = await leaderOf(this.cluster, { topic, partition });
    const broker = await this.cluster.findBroker({ nodeId });
    const { responses } = await broker.listOffsets({
      isolationLevel: READ_UNCOMMITTED,
      topics: [{ topic, partitions: [{ partition, timestamp }] }],
    });
    const offset = responses[0]?.partitions[0]?.offset;
    if (offset === undefined) throw new Error('the broker answered without an offset');
    return Number(offset);
  }
}
