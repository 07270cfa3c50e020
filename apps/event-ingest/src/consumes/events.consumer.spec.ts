import type { ReceivedRecord, Subscription, SubscriptionOptions } from '@hookstile/messaging';
import { expect, test } from 'vitest';
import { ingestMetrics } from '../ingest-metrics.js';
import { EventsConsumer } from './events.consumer.js';
import { QUEUED_MAX_RECORDS } from './fetch-pauses.js';

const TOPIC = 'events';
const ROUND = { records: 1_000, bytes: 8 * 1024 * 1024 };
const [BURST, QUIET, IDLE] = [0, 1, 2];

/** A member of a group of its own: what it fetches is given to it, and what it asks not to be fetched is noted. */
async function aMember() {
  let handlers: SubscriptionOptions | undefined;
  const fetched = new Set([BURST, QUIET, IDLE]);
  const subscription: Partial<Subscription> = {
    pause: (partitions) => {
      for (const { partition } of partitions) fetched.delete(partition);
    },
    resume: (partitions) => {
      for (const { partition } of partitions) fetched.add(partition);
    },
  };
  const subscribe = async (options: SubscriptionOptions) => {
    handlers = options;
    return subscription as Subscription;
  };
  const consumer = new EventsConsumer({
    messaging: { subscribe },
    topic: TOPIC,
    groupId: 'g',
    metrics: ingestMetrics(),
  });
  await consumer.start();
  handlers?.onAssignment([BURST, QUIET, IDLE].map((partition) => ({ topic: TOPIC, partition })));
  const next = new Map<number, number>();
  const came = (partition: number, count: number) => {
    const first = next.get(partition) ?? 0;
    next.set(partition, first + count);
    const records = Array.from({ length: count }, (_, n): ReceivedRecord => {
      return { topic: TOPIC, partition, offset: first + n, key: null, headers: {}, value: null, timestampMs: 0 };
    });
    handlers?.onBatch({ topic: TOPIC, partition, records, highWatermark: first + count });
  };
  return { consumer, fetched, came };
}

test('a burst in one partition holds up a record of another for no round', async () => {
  const { consumer, fetched, came } = await aMember();
  came(BURST, QUEUED_MAX_RECORDS - 1);
  for (let rounds = 0; rounds < 4; rounds += 1) {
    came(QUIET, 1);
    expect(fetched.has(QUIET), 'is fetched').toBe(true);
    const round = consumer.take(ROUND);
    expect(round).toHaveLength(ROUND.records);
    expect([0, 1], 'its place').toContain(round.findIndex(({ partition }) => partition === QUIET));
    if (rounds < 3) expect(fetched.has(BURST), 'is fetched').toBe(false);
  }
});

test('what is taken of a partition is in the order of its offsets, whoever else had a turn', async () => {
  const { consumer, came } = await aMember();
  came(BURST, 500);
  came(QUIET, 20);
  came(BURST, 500);
  came(IDLE, 3);
  const taken = [consumer.take({ ...ROUND, records: 30 }), consumer.take(ROUND), consumer.take(ROUND)].flat();
  const offsetsOf = (of: number) => taken.filter(({ partition }) => partition === of).map(({ offset }) => offset);
  expect([offsetsOf(BURST), offsetsOf(QUIET), offsetsOf(IDLE)]).toEqual(
    [1_000, 20, 3].map((count) => Array.from({ length: count }, (_, offset) => offset)),
  );
});

test('fetches nothing of any partition while more is queued than may be', async () => {
  const { consumer, fetched, came } = await aMember();
  came(BURST, QUEUED_MAX_RECORDS);
  came(QUIET, 1);
  expect([...fetched]).toEqual([]);
  consumer.take(ROUND);
  expect([...fetched]).toEqual([QUIET, IDLE]);
});
