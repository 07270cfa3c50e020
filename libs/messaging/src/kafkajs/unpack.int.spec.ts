import { randomTopicPrefix, testBrokers } from '@hookstile/testing';
import { afterAll, expect, it } from 'vitest';
import type { ReceivedRecord } from '../port/records.js';
import { connectMessaging } from './connect.js';
import { deleteWithPrefix } from './delete-with-prefix.js';

const prefix = randomTopicPrefix('packed');
const RECORDS = 500;

afterAll(() => deleteWithPrefix(testBrokers(), prefix));

it.each(['gzip', 'snappy', 'lz4', 'zstd'])("reads what Kafka's own %s packed", async (codec) => {
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'packed' });
  try {
    const topic = `${prefix}.${codec}`;
    // The broker packs what it is sent anew, by Java's libraries.
    await messaging.createTopics([{ name: topic, partitions: 1, settings: { 'compression.type': codec } }], 1);
    const values = Array.from({ length: RECORDS }, (_, n) =>
      Buffer.from(`{"n":${n},"text":"${'hookstile '.repeat(n % 40)}"}`),
    );
    const publisher = await messaging.publisher({ name: 'packed' });
    await publisher.publish(values.map((value) => ({ topic, partition: 0, key: 'k', value, headers: {} })));
    await publisher.close(5_000);
    const read: ReceivedRecord[] = [];
    const onRecords = (records: readonly ReceivedRecord[]) => void read.push(...records);
    await messaging.readRange({ topic, partition: 0, from: 0, to: RECORDS, onRecords });
    expect(read.map(({ value }) => `${value}`)).toEqual(values.map(String));
  } finally {
    await messaging.close();
  }
});
