import { randomTopicPrefix, testBrokers, until } from '@hookstile/testing';
import { afterAll, expect, it } from 'vitest';
import { connectMessaging } from './connect.js';
import { deleteWithPrefix } from './delete-with-prefix.js';

const prefix = randomTopicPrefix('bounds');
const RECORDS = 40;
const RECORD_BYTES = 10_000;
const PARTITION_MAX_BYTES = 64 * 1024;
/** Longer than the test may take. */
const FETCH_MAX_WAIT_MS = 60_000;

afterAll(() => deleteWithPrefix(testBrokers(), prefix));

it('reads on at once where one partition alone has a backlog, however much the broker shall collect', async () => {
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'bounds' });
  try {
    const topic = `${prefix}.topic`;
    await messaging.createTopics([{ name: topic, partitions: 3 }], 1);
    const publisher = await messaging.publisher({ name: 'bounds' });
    const value = Buffer.alloc(RECORD_BYTES);
    for (let n = 0; n < RECORDS; n += 1) {
      await publisher.publish([{ topic, partition: 1, key: 'k', value, headers: {} }]);
    }
    await publisher.close(5_000);
    let read = 0;
    const subscription = await messaging.subscribe({
      groupId: `${prefix}.group`,
      topics: [topic],
      from: 'beginning',
      fetchMinBytes: 1024 * 1024,
      fetchMaxWaitMs: FETCH_MAX_WAIT_MS,
      fetchPartitionMaxBytes: PARTITION_MAX_BYTES,
      onBatch: ({ records }) => {
        read += records.length;
      },
      onAssignment: () => undefined,
    });
    // The last few do not fill an answer.
    await until(() => read >= RECORDS - PARTITION_MAX_BYTES / RECORD_BYTES);
    await subscription.stop();
    expect(read).toBeLessThanOrEqual(RECORDS);
  } finally {
    await messaging.close();
  }
});
