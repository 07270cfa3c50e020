import { type AttemptRecord, attemptsV1, type JournalRecord } from '@hookstile/contracts';
import { MessagingError, type OutgoingRecord, type RecordPublisher } from '@hookstile/messaging';
import { until } from '@hookstile/testing';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { anAttemptRecord } from '../journal/attempt-record.fake.js';
import { AttemptsPublisher } from './attempts.publisher.js';

/** Refuses what is above its bound, and is unreachable for the first calls. */
class BoundedPublisher implements RecordPublisher {
  readonly pending = 0;
  readonly healthy = true;
  readonly written: OutgoingRecord[] = [];
  calls = 0;

  constructor(
    public maxBytes: number,
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

  it('leaves the bodies out of a record that does not fit, and of no other', async () => {
    const publisher = new BoundedPublisher(150_000);
    const journal = journalOf(publisher);
    const large = { envelope: anAttemptRecord({ offset: 1, requestBytes: 200_000 }), bytes: Buffer.alloc(200_000) };
    const acknowledged: [number, number][] = [];
    for (const [n, record] of [withBody(0), large, withBody(2), withBody(3)].entries())
      journal.append(0, record, (offset) => acknowledged.push([n, offset]));
    await until(() => acknowledged.length === 4);
    expect(acknowledged).toEqual([0, 1, 2, 3].map((n) => [n, n]));
    expect(publisher.written.map(({ value }) => value?.length)).toEqual([100_000, 0, 100_000, 100_000]);
    expect(envelopeOf(publisher.written[1])).toMatchObject({ request: { truncated: true }, requestBytes: 0 });
    expect(journal.problem).toBeNull();
  });

  it('cuts long names where a record fits in no other way, with an alarm, and goes on', async () => {
    const publisher = new BoundedPublisher(3_000);
    const lines: string[] = [];
    const journal = new AttemptsPublisher(publisher, 'attempts', pino({}, { write: (line) => lines.push(line) }));
    const { deliveries } = anAttemptRecord();
    const named = deliveries.map((delivery) => ({ ...delivery, eventSource: 's'.repeat(5_000) }));
    const acknowledged = new Promise<number>((resolve) =>
      journal.append(0, { envelope: { ...anAttemptRecord(), deliveries: named }, bytes: BODY }, resolve),
    );
    expect(await acknowledged).toBe(0);
    const [{ eventSource, deliveryId } = { eventSource: '', deliveryId: '' }] = envelopeOf(
      publisher.written[0],
    ).deliveries;
    expect([eventSource.length, deliveryId]).toEqual([64, deliveries[0]?.deliveryId]);
    expect(lines.filter((line) => line.includes('"alarm":"journal_record_cut"'))).toHaveLength(1);
  });

  it('says that it stands, and does not spin, where the broker takes a record in no form', async () => {
    const publisher = new BoundedPublisher(10);
    const journal = journalOf(publisher);
    journal.append(0, withBody(0), () => {});
    await until(() => journal.problem !== null);
    expect(journal.problem).toContain('partition 0');
    expect(publisher.calls).toBeLessThan(5);
  });

  it('goes on once the broker takes the record', async () => {
    vi.useFakeTimers();
    try {
      const publisher = new BoundedPublisher(10);
      const journal = journalOf(publisher);
      const acknowledged: number[] = [];
      journal.append(0, withBody(0), (offset) => acknowledged.push(offset));
      await vi.advanceTimersByTimeAsync(100);
      expect(journal.problem).not.toBeNull();
      publisher.maxBytes = 1_000_000;
      await vi.advanceTimersByTimeAsync(10_000);
      expect([acknowledged, journal.problem]).toEqual([[0], null]);
    } finally {
      vi.useRealTimers();
    }
  });
});

function envelopeOf(written: OutgoingRecord | undefined): AttemptRecord {
  const decoded = attemptsV1.decode({ headers: {}, ...written, value: written?.value ?? null } as never);
  if (decoded.outcome !== 'decoded' || decoded.value.envelope.kind !== 'attempt') throw new Error('no attempt');
  return decoded.value.envelope;
}
