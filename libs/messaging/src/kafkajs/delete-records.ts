import type { Position } from '../port/records.js';
import { createClient } from './client.js';

/** Moves the start of a partition's log, as retention does. */
export async function deleteRecordsBelow(brokers: readonly string[], position: Position): Promise<void> {
  const { topic, partition, offset } = position;
  const admin = createClient({ brokers, clientId: 'delete-records' }).kafka.admin();
  await admin.connect();
  try {
    // kafkajs deletes only in topics whose metadata it has happened to load.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: `${offset}` }] });
  } finally {
    await admin.disconnect();
  }
}
