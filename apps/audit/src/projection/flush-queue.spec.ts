import { beforeEach, describe, expect, it } from 'vitest';
import type { ProjectedTopic, RecordToProject } from '../project/project-record.js';
import { FlushQueue, type Waiting } from './flush-queue.js';
import type { Batch } from './write-batches.js';

const FULL = 3;
const LEAD_MAX_MS = 5_000;
const REST_MS = 60_000;

const record = (partition: number, timestampMs: number): RecordToProject => ({
  headers: {},
  value: null,
  offset: timestampMs,
  partition,
  timestampMs,
});
const batch = (topic: ProjectedTopic, records: readonly RecordToProject[]): Waiting => ({
  ...{ topic, records, stops: new Set() },
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
  const queue = new FlushQueue({ batchFullRecords: FULL, journalLeadMaxMs: LEAD_MAX_MS, journalLeadRestMs: REST_MS });
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

  describe('where the journal does not come', () => {
    const journal = full('attempts', 1, 10);
    let queue: FlushQueue;

    beforeEach(() => {
      queue = queueOf(journal, full('deliveries', 1, 11));
      expect(queue.take(0, [])).toEqual([journal]);
    });

    it('holds deliveries for no longer than its bound, which counts from the first flush that left them out', () => {
      expect(queue.take(LEAD_MAX_MS - 1, [journal])).toEqual([]);
      expect(queue.take(LEAD_MAX_MS, [journal])).toHaveLength(1);
      const late = queueOf(full('deliveries', 1, 11), journal);
      expect(late.take(LEAD_MAX_MS, [])).toEqual([journal]);
    });

    it('counts anew once some were let go', () => {
      queue.add(full('attempts', 1, 11));
      queue.add(full('deliveries', 1, 12));
      expect(queue.take(LEAD_MAX_MS - 1, [journal])).toHaveLength(2);
      expect(queue.take(LEAD_MAX_MS, [journal])).toEqual([]);
    });

    it('then holds none for a while, however the journal comes', () => {
      queue.take(LEAD_MAX_MS, [journal]);
      const passing = () => {
        queue.add(full('attempts', 1, 11));
        queue.add(full('deliveries', 1, 12));
      };
      passing();
      expect(queue.take(LEAD_MAX_MS + REST_MS - 1, [journal])).toHaveLength(2);
      passing();
      expect(queue.take(LEAD_MAX_MS + REST_MS, [journal])).toHaveLength(1);
    });

    it('then holds none of these partitions at all until their journal comes again', () => {
      queue.take(LEAD_MAX_MS, [journal]);
      queue.add(full('deliveries', 1, 12));
      expect(queue.take(LEAD_MAX_MS + REST_MS, [journal])).toHaveLength(1);
    });
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
