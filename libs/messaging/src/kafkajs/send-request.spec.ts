import type { Kafka, ProducerBatch, ProducerConfig, RecordMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../port/records.js';
import { RequestTooLargeError } from '../publisher/send-request.js';
import type { Client } from './client.js';
import { createSendRequest } from './send-request.js';

function record(topic: string, partition: number, value: string): OutgoingRecord {
  return { topic, partition, key: 'k', headers: {}, value: Buffer.from(value) };
}

/** A producer that keeps what it was made with and what it was given. */
function setUp(answer: () => Promise<RecordMetadata[]> = async () => []) {
  const made: ProducerConfig[] = [];
  const batches: ProducerBatch[] = [];
  const producer = (config: ProducerConfig) => {
    made.push(config);
    const sendBatch = (batch: ProducerBatch) => {
      batches.push(batch);
      return answer();
    };
    return { sendBatch };
  };
  const client = { kafka: { producer } as unknown as Kafka } as Client;
  return { ...createSendRequest(client), made, batches };
}

const written = (topicName: string, partition: number, baseOffset: string): RecordMetadata => {
  return { topicName, partition, errorCode: 0, baseOffset };
};

describe('a request', () => {
  it('is not idempotent, for kafkajs rolls the sequence back, and is not tried again below our own queue', () => {
    expect(setUp().made).toMatchObject([{ idempotent: false, retry: { retries: 0 }, allowAutoTopicCreation: false }]);
  });

  it('waits for all in-sync replicas, and less than until the connection is given up', async () => {
    const { send, batches } = setUp(async () => [written('t', 0, '0')]);
    await send([record('t', 0, 'a')]);
    expect(batches[0]?.acks).toBe(-1);
    expect(batches[0]?.timeout).toBeLessThan(10_000);
  });

  it('goes to the partitions that the records name, never to one that metadata chooses', async () => {
    const { send, made, batches } = setUp(async () => [written('t', 7, '0'), written('t', 2, '0')]);
    await send([record('t', 7, 'a'), record('t', 2, 'b')]);
    const partitioner = made[0]?.createPartitioner?.();
    const messages = batches[0]?.topicMessages?.[0]?.messages ?? [];
    const chosen = messages.map((message) => partitioner?.({ topic: 't', partitionMetadata: [], message }));
    expect(chosen).toEqual([7, 2]);
  });

  it("keeps each partition's order and gives each record's own offset", async () => {
    const { send, batches } = setUp(async () => [written('t', 1, '10'), written('u', 1, '5')]);
    const offsets = await send([record('t', 1, 'a'), record('u', 1, 'b'), record('t', 1, 'c')]);
    expect(offsets).toEqual([10, 5, 11]);
    const sent = batches[0]?.topicMessages?.map(({ topic, messages }) => [
      topic,
      messages.map((one) => `${one.value}`),
    ]);
    expect(sent).toEqual([
      ['t', ['a', 'c']],
      ['u', ['b']],
    ]);
  });

  it('is not acknowledged where one partition has not answered', async () => {
    const { send } = setUp(async () => [written('t', 0, '0')]);
    await expect(send([record('t', 0, 'a'), record('t', 1, 'b')])).rejects.toThrow('t/1');
  });

  it('tells apart what no repetition makes acceptable', async () => {
    const refused = (type: string) =>
      setUp(() => Promise.reject(Object.assign(new Error(type), { type }))).send([record('t', 0, 'a')]);
    await expect(refused('MESSAGE_TOO_LARGE')).rejects.toBeInstanceOf(RequestTooLargeError);
    await expect(refused('NOT_ENOUGH_REPLICAS')).rejects.not.toBeInstanceOf(RequestTooLargeError);
  });
});
