import { randomSuffix, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Messaging, Subscription, SubscriptionOptions } from './messaging.js';
import type { OutgoingRecord, RecordBatch, TopicPartition } from './records.js';

export interface ConformanceSubject {
  /** Connects to the same broker each time. */
  connect(): Promise<Messaging>;
  topicPrefix: string;
  /** Deletes what the suite made under its prefix. */
  dispose(): Promise<void>;
}

const PARTITIONS = 3;

function record(topic: string, partition: number, value: string): OutgoingRecord {
  return { topic, partition, key: 'k', headers: { h: `of ${value}` }, value: Buffer.from(value) };
}

const valuesOf = (batches: readonly RecordBatch[]) =>
  batches.flatMap(({ records }) => records.map(({ value }) => value?.toString()));

/** A subscription that keeps what it gets. */
async function collect(messaging: Messaging, options: Pick<SubscriptionOptions, 'groupId' | 'topics'>) {
  const batches: RecordBatch[] = [];
  const assignments: (readonly TopicPartition[])[] = [];
  const subscription = await messaging.subscribe({
    from: 'beginning',
    sessionTimeoutMs: 6_000,
    ...options,
    onBatch: (batch) => batches.push(batch),
    onAssignment: (partitions) => assignments.push(partitions),
  });
  return { subscription, batches, assignments };
}

/** What every implementation of the messaging port keeps. */
export function messagingConformance(subject: ConformanceSubject): void {
  describe('messaging', () => {
    let messaging: Messaging;
    let other: Messaging;
    const subscriptions: Subscription[] = [];

    const newTopic = async (partitions = PARTITIONS) => {
      const name = `${subject.topicPrefix}${randomSuffix()}`;
      await messaging.createTopics([{ name, partitions }], 1);
      return name;
    };
    const publishAll = async (records: readonly OutgoingRecord[]) => {
      const publisher = await messaging.publisher({ name: 'test' });
      const offsets = await publisher.publish(records);
      await publisher.close(1_000);
      return offsets;
    };
    const reader = async (topic: string, groupId = `${topic}-group`, from = messaging) => {
      const collected = await collect(from, { groupId, topics: [topic] });
      subscriptions.push(collected.subscription);
      return collected;
    };

    beforeAll(async () => {
      messaging = await subject.connect();
      other = await subject.connect();
    });
    afterAll(async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      await Promise.all([messaging.close(), other.close()]);
      await subject.dispose();
    });

    it("gives each record's offset in the order of the call, over all its partitions", async () => {
      const topic = await newTopic();
      const records = [record(topic, 1, 'a'), record(topic, 0, 'b'), record(topic, 1, 'c')];
      expect(await publishAll(records)).toEqual([0, 0, 1]);
      expect(await publishAll(records)).toEqual([2, 1, 3]);
    });

    it('carries key, headers and value exactly, in the order of the calls', async () => {
      const topic = await newTopic(1);
      const publisher = await messaging.publisher({ name: 'test' });
      const calls = Array.from({ length: 50 }, (_, n) => publisher.publish([record(topic, 0, `${n}`)]));
      expect((await Promise.all(calls)).flat()).toEqual(Array.from({ length: 50 }, (_, n) => n));
      expect(publisher.healthy).toBe(true);
      expect(publisher.pending).toBe(0);
      await publisher.close(1_000);

      const { batches, subscription } = await reader(topic);
      await until(() => valuesOf(batches).length >= 50);
      expect(valuesOf(batches)).toEqual(Array.from({ length: 50 }, (_, n) => `${n}`));
      const first = batches[0]?.records[0];
      expect(first).toMatchObject({ topic, partition: 0, offset: 0, key: 'k' });
      expect(first?.headers.h?.toString()).toBe('of 0');
      expect(batches.at(-1)?.highWatermark).toBe(50);
      await subscription.stop();
    });

    it('refuses a publish after close', async () => {
      const topic = await newTopic(1);
      const publisher = await messaging.publisher({ name: 'test' });
      await publisher.close(1_000);
      await expect(publisher.publish([record(topic, 0, 'late')])).rejects.toMatchObject({ code: 'publisher_closed' });
    });

    it('reads again what was not committed, and only that, after a rejoin', async () => {
      const topic = await newTopic(1);
      await publishAll(['a', 'b', 'c'].map((value) => record(topic, 0, value)));
      const first = await reader(topic);
      await until(() => valuesOf(first.batches).length >= 3);
      await first.subscription.commit([{ topic, partition: 0, offset: 1 }]);
      await first.subscription.stop();

      const second = await reader(topic);
      await until(() => valuesOf(second.batches).length >= 2);
      expect(valuesOf(second.batches)).toEqual(['b', 'c']);
      await second.subscription.stop();
    });

    it('hands over no batch after stop has resolved', async () => {
      const topic = await newTopic(1);
      const { subscription, batches } = await reader(topic);
      await subscription.stop();
      await publishAll([record(topic, 0, 'late')]);
      const again = await reader(topic);
      await until(() => valuesOf(again.batches).length >= 1);
      expect(batches).toEqual([]);
      await again.subscription.stop();
    });

    it('gives no records of a paused partition until it is resumed', async () => {
      const topic = await newTopic(2);
      const { subscription, batches } = await reader(topic);
      await until(() => subscription.assignment.length === 2);
      subscription.pause([{ topic, partition: 0 }]);
      await publishAll([record(topic, 0, 'paused'), record(topic, 1, 'flowing')]);
      await until(() => valuesOf(batches).length >= 1);
      expect(valuesOf(batches)).toEqual(['flowing']);
      subscription.resume([{ topic, partition: 0 }]);
      await until(() => valuesOf(batches).includes('paused'));
      await subscription.stop();
    });

    it('goes on reading where seek says', async () => {
      const topic = await newTopic(1);
      await publishAll(['a', 'b', 'c'].map((value) => record(topic, 0, value)));
      const { subscription, batches } = await reader(topic);
      await until(() => valuesOf(batches).length >= 3);
      subscription.seek({ topic, partition: 0, offset: 1 });
      await until(() => valuesOf(batches).length >= 5);
      expect(valuesOf(batches)).toEqual(['a', 'b', 'c', 'b', 'c']);
      await subscription.stop();
    });

    it('tells every member its whole assignment, which starts without pauses, and leaves foreign commits out', async () => {
      const topic = await newTopic(2);
      const first = await reader(topic);
      await until(() => first.subscription.assignment.length === 2);
      first.subscription.pause([
        { topic, partition: 0 },
        { topic, partition: 1 },
      ]);
      const second = await reader(topic, undefined, other);
      await until(() => first.subscription.assignment.length === 1 && second.subscription.assignment.length === 1);
      const [lost] = second.subscription.assignment;
      expect(first.assignments.at(-1)).toEqual(first.subscription.assignment);

      await publishAll([record(topic, 0, 'x'), record(topic, 1, 'y')]);
      await until(() => valuesOf(first.batches).length === 1 && valuesOf(second.batches).length === 1);
      await first.subscription.commit([{ topic, partition: lost?.partition ?? -1, offset: 1 }]);
      await second.subscription.stop();
      await until(() => first.subscription.assignment.length === 2);
      await until(() => valuesOf(first.batches).length >= 3, { what: 'the uncommitted record of the lost partition' });
      await first.subscription.stop();
    });

    it('follows a topic from its beginning and goes on at its end', async () => {
      const topic = await newTopic(1);
      await publishAll([record(topic, 0, 'a'), record(topic, 0, 'b')]);
      const values: (string | undefined)[] = [];
      const follower = await messaging.follow({
        topic,
        onRecords: (records) => values.push(...records.map(({ value }) => value?.toString())),
      });
      expect(values).toEqual(['a', 'b']);
      expect(follower.position(0)).toBe(2);
      const reached = follower.reached(0, 3);
      await publishAll([record(topic, 0, 'c')]);
      await reached;
      expect(values).toEqual(['a', 'b', 'c']);
      await follower.stop();
    });

    it('reads exactly the range asked for', async () => {
      const topic = await newTopic(2);
      await publishAll(['a', 'b', 'c', 'd'].map((value) => record(topic, 1, value)));
      const values: (string | undefined)[] = [];
      await messaging.readRange({
        topic,
        partition: 1,
        from: 1,
        to: 3,
        onRecords: (records) => values.push(...records.map(({ value }) => value?.toString())),
      });
      expect(values).toEqual(['b', 'c']);
    });

    it('refuses a range that lies outside the log', async () => {
      const topic = await newTopic(1);
      const range = { topic, partition: 0, from: 5, to: 7, onRecords: () => {} };
      await expect(messaging.readRange(range)).rejects.toMatchObject({ code: 'offset_out_of_range' });
    });

    it('reads at any offset, forwards and back, and says what lies outside the log', async () => {
      const topic = await newTopic(2);
      await publishAll(['a', 'b', 'c', 'd'].map((value) => record(topic, 1, value)));
      const at = { topic, partition: 1 };
      const kept = messaging.reader();
      const values = async (offset: number) =>
        (await kept.readFrom({ ...at, offset })).map(({ value }) => value?.toString());
      expect(await Promise.all([2, 0, 3].map(values))).toEqual([['c', 'd'], ['a', 'b', 'c', 'd'], ['d']]);
      const [first] = await kept.readFrom({ ...at, offset: 1 });
      expect(first).toMatchObject({ topic, partition: 1, offset: 1, key: 'k' });
      expect(await values(4)).toEqual([]);
      await expect(values(9)).rejects.toMatchObject({ code: 'offset_out_of_range' });
      await kept.close();
    });

    it('gives an end offset that is never older than the question', async () => {
      const topic = await newTopic(1);
      const publisher = await messaging.publisher({ name: 'test' });
      expect(await messaging.endOffset({ topic, partition: 0 })).toBe(0);
      const checks: Promise<void>[] = [];
      for (let n = 1; n <= 100; n += 1) {
        const [offset = -1] = await publisher.publish([record(topic, 0, `${n}`)]);
        checks.push(messaging.endOffset({ topic, partition: 0 }).then((end) => expect(end).toBeGreaterThan(offset)));
      }
      await Promise.all(checks);
      expect(await messaging.startOffset({ topic, partition: 0 })).toBe(0);
      await publisher.close(1_000);
    });

    it('creates topics once and refuses another partition count', async () => {
      const name = await newTopic(2);
      await messaging.createTopics([{ name, partitions: 2 }], 1);
      await expect(messaging.createTopics([{ name, partitions: 3 }], 1)).rejects.toMatchObject({
        code: 'partition_count_differs',
        retryable: false,
      });
    });

    it('refuses another partition count without creating what is missing', async () => {
      const name = await newTopic(2);
      const missing = `${name}-missing`;
      await messaging.refuseOtherCounts([
        { name, partitions: 2 },
        { name: missing, partitions: 2 },
      ]);
      await expect(messaging.refuseOtherCounts([{ name, partitions: 3 }])).rejects.toMatchObject({
        code: 'partition_count_differs',
        retryable: false,
      });
      await messaging.createTopics([{ name: missing, partitions: 5 }], 1);
    });

    it('answers a ping', async () => {
      await messaging.ping();
    });
  });
}
