import { describe, expect, it } from 'vitest';
import type { ProjectedTopic, RecordToProject } from '../project/project-record.js';
import { FlushQueue, type Waiting } from './flush-queue.js';
import type { Batch } from './write-batches.js';

const FULL = 3;
const LEAD_MAX_MS = 5_000;

const record = (partition: number, timestampMs: number): RecordToProject => ({
  headers: {},
  value: null,
  offset: timestampMs,
  partition,
  timestampMs,
});
const batch = (topic: ProjectedTopic, records: readonly RecordToProject[], sinceMs = 0): Waiting => ({
  ...{ topic, records, sinceMs },
  resolve: () => undefined,
  reject: () => undefined,
});
/** Of a topic with a backlog. */
const full = (topic: ProjectedTopic, partition: number, timestampMs: number) =>
  batch(
    topic,
    Array.from({ length: FULL }, () => record(partition, timestampMs)),
  );

function queueOf(...waiting: readonly Waiting[]): FlushQueue {
  const queue = new FlushQueue({ batchFullRecords: FULL, journalLeadMaxMs: LEAD_MAX_MS });
  for (const one of waiting) queue.add(one);
  return queue;
}

describe('flush queue', () => {
  it('holds deliveries that pass a journal with a backlog, and lets all others go', () => {
    const journal = full('attempts', 1, 10);
    const [passing, routings] = [full('deliveries', 1, 11), batch('routings', [record(1, 99)])];
    const queue = queueOf(passing, routings, journal);
    expect(queue.take(0, [])).toEqual([routings, journal]);
    expect(queue.take(0, [journal])).toEqual([]);
    queue.add(full('attempts', 1, 11));
    expect(queue.take(0, [journal])).toContain(passing);
  });

  it('holds none that the journal has reached in their partitions', () => {
    const [journal, reached] = [full('attempts', 1, 10), full('deliveries', 1, 10)];
    expect(queueOf(reached, journal).take(0, [])).toEqual([reached, journal]);
  });

  it('holds none whose journal was never read here', () => {
    const [journal, elsewhere] = [full('attempts', 1, 10), full('deliveries', 2, 11)];
    expect(queueOf(elsewhere, journal).take(0, [])).toEqual([elsewhere, journal]);
  });

  it('holds none while the journal has no backlog', () => {
    const [journal, passing] = [batch('attempts', [record(1, 10)]), full('deliveries', 1, 11)];
    expect(queueOf(passing, journal).take(0, [])).toEqual([passing, journal]);
  });

  it('keeps deliveries in their order behind one that is held', () => {
    const [held, second] = [full('deliveries', 1, 11), full('deliveries', 2, 5)];
    const journal: readonly Batch[] = [full('attempts', 1, 10)];
    const queue = queueOf(full('attempts', 1, 10), held, second);
    queue.take(0, []);
    expect(queue.take(0, journal)).toEqual([]);
    expect(queue.take(0, [])).toEqual([held, second]);
  });

  it('holds for no longer than its bound, and then none of these partitions until their journal comes again', () => {
    const journal = full('attempts', 1, 10);
    const queue = queueOf(journal, full('deliveries', 1, 11));
    queue.take(0, []);
    expect(queue.take(LEAD_MAX_MS - 1, [journal])).toEqual([]);
    expect(queue.take(LEAD_MAX_MS, [journal])).toHaveLength(1);
    queue.add({ ...full('deliveries', 1, 12), sinceMs: LEAD_MAX_MS });
    expect(queue.take(LEAD_MAX_MS, [journal])).toHaveLength(1);
    queue.add(full('attempts', 1, 11));
    queue.add({ ...full('deliveries', 1, 12), sinceMs: LEAD_MAX_MS });
    expect(queue.take(LEAD_MAX_MS, [journal])).toHaveLength(1);
  });

  it('is full once the next flush would have a full batch: one that is held does not count', async () => {
    const queue = queueOf(batch('attempts', [record(1, 10)]));
    expect(queue.isFull(0, [])).toBe(false);
    const filled = queue.untilFull();
    const journal = full('attempts', 1, 10);
    queue.add(journal);
    await filled;
    expect(queue.isFull(0, [])).toBe(true);
    queue.take(0, []);
    queue.add(full('deliveries', 1, 11));
    expect([queue.isFull(0, [journal]), queue.isFull(0, [])]).toEqual([false, true]);
  });
});
