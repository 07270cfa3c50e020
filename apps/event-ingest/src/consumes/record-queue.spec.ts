import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ReceivedRecord } from '@hookstile/messaging';
import { expect, test } from 'vitest';
import { RecordQueue } from './record-queue.js';

const ALL = { records: 100, bytes: 1_000_000 };

function batch(partition: number, ...offsets: number[]) {
  const records = offsets.map(
    (offset): ReceivedRecord => ({
      topic: 'e',
      partition,
      offset,
      key: null,
      headers: {},
      value: null,
      timestampMs: 0,
    }),
  );
  return { topic: 'e', partition, records, highWatermark: 0 };
}

const places = (records: readonly ReceivedRecord[]) => records.map(({ partition, offset }) => `${partition}/${offset}`);

test('holds a record once, however often rejoins bring it again', () => {
  const queue = new RecordQueue();
  queue.push(batch(0, 5, 6));
  queue.push(batch(1, 5));
  queue.push(batch(0, 4, 5, 6, 7));
  expect(queue.records).toBe(4);
  expect(places(queue.take(ALL))).toEqual(['0/5', '1/5', '0/6', '0/7']);
  queue.push(batch(0, 6, 7));
  expect([queue.records, queue.bytes]).toEqual([0, 0]);
});

test('forgets a partition that went, and takes it from wherever it comes back', () => {
  const queue = new RecordQueue();
  queue.push(batch(0, 5, 6));
  queue.push(batch(1, 1));
  queue.keep((partition) => partition === 1);
  queue.push(batch(0, 3));
  expect(places(queue.take(ALL))).toEqual(['1/1', '0/3']);
});

test('counts what headers and keys take of memory, too', () => {
  const queue = new RecordQueue();
  const [record] = batch(0, 1).records;
  if (!record) throw new Error('the batch has one record');
  const large = { ...record, key: 'k'.repeat(1_000), headers: { ['n'.repeat(2_000)]: Buffer.alloc(4_000) } };
  queue.push({ ...batch(0), records: [large, { ...large, offset: 2 }] });
  expect(queue.bytes).toBeGreaterThan(14_000);
  expect(queue.take({ records: 100, bytes: 14_000 })).toHaveLength(1);
  queue.take(ALL);
  expect(queue.bytes).toBe(0);
});

test('gives each partition its turn, so that a burst in one stands before nobody in another', () => {
  const queue = new RecordQueue();
  queue.push(batch(0, ...Array.from({ length: 1_000 }, (_, offset) => offset)));
  queue.push(batch(1, 1, 2));
  expect(places(queue.take({ ...ALL, records: 4 }))).toEqual(['0/0', '1/1', '0/1', '1/2']);
  queue.push(batch(2, 1, 2, 3));
  queue.push(batch(1, 3));
  expect(places(queue.take({ ...ALL, records: 3 }))).toEqual(['0/2', '2/1', '1/3']);
  expect(places(queue.take({ ...ALL, records: 4 }))).toEqual(['0/3', '2/2', '0/4', '2/3']);
  expect(queue.records).toBe(995);
});

test('goes on after a round with whose turn it is', () => {
  const queue = new RecordQueue();
  for (const partition of [0, 1, 2]) queue.push(batch(partition, 1, 2));
  const one = { ...ALL, records: 1 };
  const rounds = Array.from({ length: 6 }, () => places(queue.take(one)));
  expect(rounds.flat()).toEqual(['0/1', '1/1', '2/1', '0/2', '1/2', '2/2']);
});

test('knows what it holds of a partition', () => {
  const queue = new RecordQueue();
  queue.push(batch(0, 1, 2, 3));
  queue.push(batch(1, 1));
  queue.take({ ...ALL, records: 2 });
  expect(queue.heldOf(0)).toMatchObject({ records: 2, bytes: queue.bytes });
  expect(queue.heldOf(1)).toMatchObject({ records: 0, bytes: 0 });
  queue.keep((partition) => partition === 1);
  expect([queue.heldOf(0).records, queue.records, queue.bytes]).toEqual([0, 0, 0]);
});

test('keeps nothing of a batch that was taken, while the rest of it waits', async () => {
  const queue = new RecordQueue();
  queue.push(batch(0, 1, 2, 3));
  const [taken] = queue.take({ ...ALL, records: 1 }).map((record) => new WeakRef(record));
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // What a weak reference was made of lives as long as the turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(taken?.deref()).toBeUndefined();
  expect(places(queue.take(ALL))).toEqual(['0/2', '0/3']);
});
