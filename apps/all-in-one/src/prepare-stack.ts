import { connectMessaging, topicDefinitions } from '@hookstile/messaging';
import { kafkaOptions, loadEnv, migrate } from '@hookstile/service-runtime';
import { PrepareEnv } from './all-in-one.env.js';
import { SERVICES } from './all-in-one.module.js';

/** Creates the topics that are missing; rejects when one has another number of partitions than is configured. */
async function createTopics(env: PrepareEnv): Promise<void> {
  const topics = topicDefinitions(env.HOOKSTILE_TOPIC_PREFIX, env.HOOKSTILE_PARTITIONS, {
    retentionMs: env.HOOKSTILE_RETENTION_MS,
    minInSyncReplicas: env.HOOKSTILE_MIN_INSYNC_REPLICAS,
  });
  const messaging = await connectMessaging({ ...kafkaOptions(env), clientId: 'hookstile-prepare' });
  try {
    await messaging.createTopics(topics, env.HOOKSTILE_REPLICATION_FACTOR);
  } finally {
    await messaging.close();
  }
}

/** Makes topics and tables what this version needs. Idempotent, and safe beside running services. */
export async function prepare(environment: NodeJS.ProcessEnv): Promise<void> {
  const env = loadEnv(PrepareEnv, 'prepare', environment);
  const { DATABASE_SCHEMA: _, ...own } = environment;
  await createTopics(env);
  // One after the other: the first error is then the only line, and nothing goes on behind it.
  for (const { definition } of SERVICES) await migrate(definition, own);
}
