import { attemptsV1, type JournalRecord } from '@hookstile/contracts';
import { MessagingError, type OutgoingRecord, type RecordPublisher } from '@hookstile/messaging';
import { until } from '@hookstile/testing';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { anAttemptRecord } from '../journal/attempt-record.fake.js';
import { AttemptsPublisher } from './attempts.publisher.js';

/** Refuses what is above its bound, and is unreachable for the first calls. */
class BoundedPublisher implements RecordPublisher {
  readonly pending = 0;
  readonly healthy = true;
  readonly written: OutgoingRecord[] = [];
  calls = 0;

  constructor(
    private readonly maxBytes: number,
    private unreachable = 0,
  ) {}

  async publish(records: readonly OutgoingRecord[]): Promise<readonly number[]> {
    this.calls += 1;
    if (this.unreachable-- > 0) throw new MessagingError('broker_unavailable', 'away', true);
    if (records.some(({ headers, value }) => JSON.stringify(headers).length + (value?.length ?? 0) > this.maxBytes)) {
      throw new MessagingError('record_too_large', 'too large', false);
    }
    this.written.push(...records);
    return records.map((_, index) => this.written.length - records.length + index);
  }

  async close(): Promise<void> {}
}

const BODY = Buffer.alloc(100_000, 'x');
const withBody = (offset: number): JournalRecord => ({
  envelope: anAttemptRecord({ offset, requestBytes: BODY.length }),
  bytes: BODY,
});
const journalOf = (publisher: RecordPublisher) =>
  new AttemptsPublisher(publisher, 'attempts', pino({ level: 'silent' }));

describe('the journal', () => {
  it('is written in order after failures, and acknowledges each record with its offset', async () => {
    const publisher = new BoundedPublisher(1_000_000, 2);
    const journal = journalOf(publisher);
    const acknowledged: [number, number][] = [];
    for (const n of [0, 1, 2]) journal.append(0, withBody(n), (offset) => acknowledged.push([n, offset]));
    await until(() => acknowledged.length === 3);
    expect(acknowledged).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it('gathers outcomes that nothing waits for', async () => {
    const publisher = new BoundedPublisher(1_000_000);
    const journal = journalOf(publisher);
    const acknowledged: number[] = [];
    for (const n of [0, 1, 2]) {
      journal.appendSoon(0, withBody(n), () => acknowledged.push(n));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(publisher.calls).toBe(0);
    await until(() => acknowledged.length === 3);
    expect([acknowledged, publisher.calls]).toEqual([[0, 1, 2], 1]);
  });

  it('writes at once, in order, when something waits for an outcome', async () => {
    const publisher = new BoundedPublisher(1_000_000);
    const journal = journalOf(publisher);
    const acknowledged: number[] = [];
    journal.appendSoon(0, withBody(0), () => acknowledged.push(0));
    journal.append(0, withBody(1), () => acknowledged.push(1));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect([acknowledged, publisher.calls]).toEqual([[0, 1], 1]);
  });

  it('gathers behind a request as well, until something waits for an outcome', async () => {
    const publisher = new BoundedPublisher(1_000_000);
    const journal = journalOf(publisher);
    const acknowledged: number[] = [];
    journal.append(0, withBody(0), () => {
      acknowledged.push(0);
      journal.appendSoon(0, withBody(1), () => acknowledged.push(1));
    });
    await until(() => acknowledged.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(publisher.calls).toBe(1);
    journal.append(0, withBody(2), () => acknowledged.push(2));
    await until(() => acknowledged.length === 3);
    expect([acknowledged, publisher.calls]).toEqual([[0, 1, 2], 2]);
  });

  it('leaves the bodies out where they do not fit', async () => {
    const publisher = new BoundedPublisher(10_000);
    const journal = journalOf(publisher);
    await new Promise<number>((resolve) => journal.append(0, withBody(7), resolve));
    const [written] = publisher.written;
    const decoded = attemptsV1.decode({ headers: {}, ...written, value: written?.value ?? null } as never);
    expect(decoded).toMatchObject({ outcome: 'decoded', value: { envelope: { request: { truncated: true } } } });
  });

  it('does not spin where a record cannot be written at all', async () => {
    const publisher = new BoundedPublisher(10);
    journalOf(publisher).append(0, withBody(0), () => {});
    await until(() => publisher.calls >= 2);
    expect(publisher.calls).toBeLessThan(50);
  });
});
