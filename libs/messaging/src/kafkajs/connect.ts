import type { Messaging, Subscription } from '../port/messaging.js';
import { unavailable } from './broker-error.js';
import { type ClientOptions, createClient } from './client.js';
import { follow } from './follower.js';
import { OffsetReader } from './offsets.js';
import { connectPublisher } from './publisher.js';
import { readRange } from './read-range.js';
import { KafkajsRecordReader } from './record-reader.js';
import { KafkajsSubscription } from './subscription.js';
import { createTopics, refuseOtherPartitionCounts } from './topics.js';

export type ConnectOptions = ClientOptions;

const CLOSE_TIMEOUT_MS = 5_000;

interface Closeable {
  close(): Promise<void>;
}

/** Connects to Kafka by kafkajs. Rejects with `MessagingError` `broker_unavailable` when no broker answers. */
export async function connectMessaging(options: ConnectOptions): Promise<Messaging> {
  const client = createClient(options);
  const offsets = new OffsetReader(client);
  try {
    await offsets.connect();
  } catch (error) {
    await offsets.close();
    throw unavailable(`no broker of ${options.brokers.join(', ')} answers`, error);
  }
  const open = new Set<Closeable>();

  return {
    publisher: async (publisherOptions) => {
      const publisher = await connectPublisher(client, publisherOptions);
      open.add({ close: () => publisher.close(CLOSE_TIMEOUT_MS) });
      return publisher;
    },
    subscribe: async (subscriptionOptions): Promise<Subscription> => {
      const subscription = new KafkajsSubscription(client, subscriptionOptions);
      const member = { close: () => subscription.stop() };
      // Before the join, which can take as long as a dead member's session: a close must not leave a member behind.
      open.add(member);
      try {
        await subscription.start();
      } catch (error) {
        open.delete(member);
        throw error;
      }
      return subscription;
    },
    follow: async (followOptions) => {
      const follower = await follow(client, offsets, followOptions);
      open.add({ close: () => follower.stop() });
      return follower;
    },
    readRange: (rangeOptions) => readRange(client, rangeOptions),
    reader: () => {
      const reader = new KafkajsRecordReader(client);
      open.add(reader);
      return reader;
    },
    endOffset: (partition) => offsets.endOffset(partition),
    startOffset: (partition) => offsets.startOffset(partition),
    createTopics: (topics, replicationFactor) => createTopics(client, topics, replicationFactor),
    refuseOtherCounts: (topics) => refuseOtherPartitionCounts(client, topics),
    ping: () => offsets.ping(),
    close: async () => {
      await Promise.all([...open].map((part) => part.close()));
      await offsets.close();
    },
  };
}
