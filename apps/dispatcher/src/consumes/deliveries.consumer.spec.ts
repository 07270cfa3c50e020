import { FakeMessaging } from '@hookstile/messaging';
import { until } from '@hookstile/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveriesConsumer } from './deliveries.consumer.js';
import type { DeliveryIntake } from './delivery-intake.js';

const topic = 'deliveries';
const GROUP = 'dispatcher';

let messaging: FakeMessaging;
let consumer: DeliveriesConsumer;
let assignments: number[][];

beforeEach(async () => {
  messaging = new FakeMessaging();
  await messaging.createTopics([{ name: topic, partitions: 2 }]);
  assignments = [];
  consumer = new DeliveriesConsumer({
    messaging,
    topic,
    groupId: GROUP,
    logger: pino({ level: 'silent' }),
    onAssignment: (partitions) => assignments.push([...partitions]),
  });
});

afterEach(() => consumer.stop());

async function write(partition: number, count: number): Promise<void> {
  const publisher = await messaging.publisher({ name: 'test' });
  const record = { topic, partition, key: 'k', headers: {}, value: Buffer.from('x') };
  await publisher.publish(Array.from({ length: count }, () => record));
}

function intake() {
  const offsets: number[] = [];
  let stopped = false;
  const taking = {
    push: (records: readonly { offset: number }[]) => offsets.push(...records.map(({ offset }) => offset)),
    stop: () => {
      stopped = true;
    },
  };
  return { offsets, isStopped: () => stopped, taking: taking as unknown as DeliveryIntake };
}

/** Lets the fake broker hand out what it has. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the reader of deliveries', () => {
  it('decides nothing of a partition before its lease, rows and journal are loaded, and then begins where it is told', async () => {
    await write(0, 3);
    await consumer.start();
    await settled();
    const { offsets, taking } = intake();
    expect(offsets).toEqual([]);
    consumer.activate(0, taking, 1);
    await until(() => offsets.length >= 2);
    expect(offsets.filter((offset) => offset >= 1)).toEqual([1, 2]);
    await write(0, 1);
    await until(() => offsets.at(-1) === 3);
  });

  it('fetches no more of a partition that waits to be taken over than what was on its way', async () => {
    let batches = 0;
    const subscribe = messaging.subscribe.bind(messaging);
    messaging.subscribe = (options) =>
      subscribe({
        ...options,
        onBatch: (batch) => {
          batches += 1;
          options.onBatch(batch);
        },
      });
    await consumer.start();
    for (let n = 0; n < 3; n += 1) {
      await write(0, 1);
      await settled();
    }
    messaging.rebalance(GROUP);
    await settled();
    expect(batches).toBe(0);
  });

  it('begins at the checkpoint also where the commit of the group is further on', async () => {
    await write(0, 4);
    await consumer.start();
    await consumer.commit(new Map([[0, 3]]));
    messaging.rebalance(GROUP);
    await settled();
    const { offsets, taking } = intake();
    consumer.activate(0, taking, 1);
    await until(() => offsets.at(-1) === 3);
    expect(offsets).toEqual([1, 2, 3]);
  });

  it('goes on with the intake of a partition that it keeps across a rebalance', async () => {
    await write(0, 2);
    await consumer.start();
    const { offsets, isStopped, taking } = intake();
    consumer.activate(0, taking, 0);
    await until(() => offsets.at(-1) === 1);
    await consumer.commit(new Map([[0, 2]]));
    messaging.rebalance(GROUP);
    await write(0, 1);
    await until(() => offsets.at(-1) === 2);
    expect([isStopped(), assignments]).toEqual([
      false,
      [
        [0, 1],
        [0, 1],
      ],
    ]);
  });

  it('stops the intake of a partition that is given away, and decides nothing of it any more', async () => {
    await consumer.start();
    const { offsets, isStopped, taking } = intake();
    consumer.activate(0, taking, 0);
    consumer.deactivate(0);
    await write(0, 1);
    await settled();
    expect([isStopped(), offsets]).toEqual([true, []]);
  });

  it('fetches nothing more once it is to be quiet, and still commits', async () => {
    await consumer.start();
    const { offsets, isStopped, taking } = intake();
    consumer.activate(0, taking, 0);
    consumer.quiet();
    await write(0, 1);
    await settled();
    await consumer.commit(new Map([[0, 1]]));
    expect([isStopped(), offsets, messaging.committed(GROUP, { topic, partition: 0 })]).toEqual([true, [], 1]);
  });

  it('fetches nothing while memory is short, and goes on when it is not', async () => {
    await consumer.start();
    const { offsets, taking } = intake();
    consumer.activate(0, taking, 0);
    consumer.press({ heavy: new Set(), isFull: true });
    await write(0, 1);
    await settled();
    expect(offsets).toEqual([]);
    consumer.press({ heavy: new Set(), isFull: false });
    await until(() => offsets.length === 1);
  });

  it('fetches nothing of a partition that has more than its share of memory, and goes on with the others', async () => {
    await consumer.start();
    const [heavy, light] = [intake(), intake()];
    consumer.activate(0, heavy.taking, 0);
    consumer.activate(1, light.taking, 0);
    consumer.press({ heavy: new Set([0]), isFull: false });
    await write(0, 1);
    await write(1, 1);
    await until(() => light.offsets.length === 1);
    expect(heavy.offsets).toEqual([]);
    messaging.rebalance(GROUP);
    await write(1, 1);
    await until(() => light.offsets.at(-1) === 1);
    expect(heavy.offsets).toEqual([]);
    consumer.press({ heavy: new Set(), isFull: false });
    await until(() => heavy.offsets.length === 1);
  });
});
