import { setTimeout } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { MessagingError } from '../port/messaging.error.js';
import type { TopicDefinition } from '../port/messaging.js';
import { brokerErrorType, unavailable } from './broker-error.js';
import type { Client } from './client.js';
import { tellRepackedTopics } from './topic-compression.js';

const CREATE_TIMEOUT_MS = 20_000;
/** How long a new topic may take until its partitions have leaders, and how often that is looked at. */
const LEADERS_TIMEOUT_MS = 20_000;
const LEADERS_POLL_MS = 50;
/** What a broker answers that has not heard of a new topic, or of its leaders, or that it leads it, yet. */
const NOT_YET = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']);

async function partitionCounts(admin: Admin, topics: readonly TopicDefinition[]): Promise<Map<string, number>> {
  const existing = new Set(await admin.listTopics());
  const known = topics.map(({ name }) => name).filter((name) => existing.has(name));
  if (known.length === 0) return new Map();
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: known });
  return new Map(metadata.map(({ name, partitions }) => [name, partitions.length]));
}

function refuseOtherCounts(topics: readonly TopicDefinition[], counts: ReadonlyMap<string, number>): void {
  for (const { name, partitions } of topics) {
    const count = counts.get(name);
    if (count === undefined || count === partitions) continue;
    const message = `topic ${name} has ${count} partitions and ${partitions} are configured`;
    throw new MessagingError('partition_count_differs', message, false);
  }
}

async function createMissing(admin: Admin, topics: readonly TopicDefinition[], replicationFactor: number) {
  try {
    await admin.createTopics({
      // kafkajs's own wait gives up at a broker that has not heard of the topic yet.
      waitForLeaders: false,
      timeout: CREATE_TIMEOUT_MS,
      topics: topics.map(({ name, partitions, settings = {} }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
      })),
    });
  } catch (error) {
    // Another process created it at the same moment; the counts are compared after this.
    if (brokerErrorType(error) !== 'TOPIC_ALREADY_EXISTS') throw error;
  }
}

/**
 * The partition counts, of topics whose leaders have taken them up. A broker tells of a leader before that one knows, and
 * a request for several partitions of which one is not led yet is repeated whole: the others' records are there twice.
 */
async function countsOfLed(admin: Admin, topics: readonly TopicDefinition[]): Promise<Map<string, number>> {
  const counts = await partitionCounts(admin, topics);
  for (const name of counts.keys()) await admin.fetchTopicOffsets(name);
  return counts;
}

/** Resolves with the partition counts once every partition has a leader that says so, too. */
async function countsOnceLed(admin: Admin, topics: readonly TopicDefinition[]): Promise<Map<string, number>> {
  const untilMs = performance.now() + LEADERS_TIMEOUT_MS;
  for (;;) {
    const counts = await countsOfLed(admin, topics).catch((error: unknown) => {
      if (NOT_YET.has(brokerErrorType(error) ?? '')) return null;
      throw error;
    });
    if (counts?.size === topics.length) return counts;
    if (performance.now() > untilMs) throw new Error(`new topics have no leaders after ${LEADERS_TIMEOUT_MS} ms`);
    await setTimeout(LEADERS_POLL_MS);
  }
}

/** Rejects with `partition_count_differs` where a topic that exists has another count; tells which are packed anew. */
export async function refuseOtherPartitionCounts(
  { adminKafka, logger }: Client,
  topics: readonly TopicDefinition[],
): Promise<void> {
  const admin = adminKafka.admin();
  try {
    await admin.connect();
    const counts = await partitionCounts(admin, topics);
    refuseOtherCounts(topics, counts);
    await tellRepackedTopics(admin, [...counts.keys()], logger);
  } catch (error) {
    throw unavailable('topics cannot be looked at', error);
  } finally {
    await admin.disconnect();
  }
}

/** Creates what is missing; rejects with `partition_count_differs`. */
export async function createTopics(
  { adminKafka }: Client,
  topics: readonly TopicDefinition[],
  replicationFactor: number,
): Promise<void> {
  const admin = adminKafka.admin();
  try {
    await admin.connect();
    const counts = await partitionCounts(admin, topics);
    refuseOtherCounts(topics, counts);
    const missing = topics.filter(({ name }) => !counts.has(name));
    if (missing.length === 0) return;
    await createMissing(admin, missing, replicationFactor);
    refuseOtherCounts(missing, await countsOnceLed(admin, missing));
  } catch (error) {
    throw unavailable('topics cannot be created', error);
  } finally {
    await admin.disconnect();
  }
}
