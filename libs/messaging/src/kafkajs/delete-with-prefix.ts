import { createClient } from './client.js';

/** Deletes the topics and groups of a test suite; a group that still has members is left. */
export async function deleteWithPrefix(brokers: readonly string[], prefix: string): Promise<void> {
  const admin = createClient({ brokers, clientId: 'delete-with-prefix' }).adminKafka.admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    const groupIds = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(prefix));
    await admin.deleteGroups(groupIds).catch(() => {});
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
