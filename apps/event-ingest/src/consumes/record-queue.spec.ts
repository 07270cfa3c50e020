import type { ReceivedRecord } from '@hookstile/messaging';
import { expect, test } from 'vitest';
import { RecordQueue } from './record-queue.js';

const ALL = { maxRecords: 100, maxBytes: 1_000_000 };

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
  expect(places(queue.take(ALL))).toEqual(['0/5', '0/6', '1/5', '0/7']);
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
  expect(queue.take({ maxRecords: 100, maxBytes: 14_000 })).toHaveLength(1);
  queue.take(ALL);
  expect(queue.bytes).toBe(0);
});
