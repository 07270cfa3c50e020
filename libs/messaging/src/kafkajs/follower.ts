import type { Follower, FollowOptions } from '../port/messaging.js';
import { Waiters } from '../port/waiters.js';
import { unavailable } from './broker-error.js';
import type { Client } from './client.js';
import type { OffsetReader } from './offsets.js';
import { PartitionReader } from './partition-reader.js';

/** Reads a topic from its beginning and resolves once it has reached the end offsets of that moment. */
export async function follow(client: Client, offsets: OffsetReader, options: FollowOptions): Promise<Follower> {
  const { topic, onRecords } = options;
  const cluster = client.newCluster();
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
  } catch (error) {
    await cluster.disconnect();
    throw unavailable(`cannot follow ${topic}`, error);
  }
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  const ends = await Promise.all(partitions.map((partition) => offsets.endOffset({ topic, partition })));
  const starts = await Promise.all(partitions.map((partition) => offsets.startOffset({ topic, partition })));
  const positions = new Map(partitions.map((partition, i) => [partition, starts[i] ?? 0]));
  const waiters = new Waiters((partition) => positions.get(partition) ?? 0);

  let stopped = false;
  const reader = new PartitionReader({
    cluster,
    logger: client.logger,
    topic,
    positions,
    onRecords: (records, partition) => {
      if (records.length > 0) onRecords(records);
      waiters.advanced(partition);
    },
    onOutOfRange: async (partition) => {
      client.logger.error({ topic, partition }, 'the followed topic begins behind what was read; reading it again');
      return offsets.startOffset({ topic, partition });
    },
    isDone: () => stopped,
  });
  const running = reader.run().catch((error) => {
    client.logger.error({ topic, err: error }, 'following a topic ended');
  });
  await Promise.all(partitions.map((partition, i) => waiters.reached(partition, ends[i] ?? 0)));

  return {
    position: (partition) => positions.get(partition) ?? 0,
    reached: (partition, offset) => waiters.reached(partition, offset),
    stop: async () => {
      stopped = true;
      await running;
      await cluster.disconnect();
    },
  };
}
