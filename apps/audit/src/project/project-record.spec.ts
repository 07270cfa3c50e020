import { attemptIdOf, CONTRACT_HEADER, type JournalEnvelope } from '@hookstile/contracts';
import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { deliveryIdOfAttempt } from './attempt-row.js';
import { Epochs } from './epochs.js';
import { type ProjectedTopic, projectRecord } from './project-record.js';
import { ProjectionRows } from './projection-rows.js';
import {
  deliveryRecord,
  FAILED,
  journaled,
  journalRecord,
  received,
  routingRecord,
  sampleAttempt,
  sampleDiscarded,
  sampleHeld,
  sampleRouting,
} from './sample-records.js';
import { UnknownContractVersionError } from './unknown-contract-version.error.js';

const delivery = aDelivery();
const { deliveryId } = delivery.envelope;
const marker = (epoch: number): JournalEnvelope => ({
  kind: 'epoch',
  epoch,
  owner: 'x',
  at: '2026-01-02T03:04:06.000Z',
});

/** The rows after these records, in this order; a record's place in its list is its offset. */
function project(...records: [ProjectedTopic, ReturnType<typeof journalRecord>][]): ProjectionRows {
  const rows = new ProjectionRows();
  const epochs = new Epochs();
  records.forEach(([topic, record], offset) => {
    projectRecord(topic, received(record, offset), rows, epochs);
  });
  return rows;
}
const journal = (...envelopes: JournalEnvelope[]) =>
  project(
    ...envelopes.map((envelope): [ProjectedTopic, ReturnType<typeof journalRecord>] => [
      'attempts',
      journalRecord(envelope),
    ]),
  );
const statusAfter = (...envelopes: JournalEnvelope[]) => journal(...envelopes).deliveries.get(deliveryId);
const routed: [ProjectedTopic, ReturnType<typeof journalRecord>] = ['deliveries', deliveryRecord(delivery)];

describe('the view of deliveries', () => {
  it('shows a routed delivery as pending', () => {
    expect(project(routed).deliveries.get(deliveryId)).toMatchObject({
      status: 'pending',
      reason: null,
      finishedAtMs: null,
    });
  });

  it('shows a delivered one as delivered, also when its routing is read afterwards', () => {
    const attempt: [ProjectedTopic, ReturnType<typeof journalRecord>] = [
      'attempts',
      journalRecord(sampleAttempt(delivery)),
    ];
    const finishedAtMs = Date.parse('2026-01-02T03:04:06.000Z');
    expect(project(routed, attempt).deliveries.get(deliveryId)).toMatchObject({ status: 'delivered', finishedAtMs });
    expect(project(attempt, routed)).toEqual(project(routed, attempt));
  });

  it('shows when a failed attempt is tried again, and why it failed', () => {
    expect(statusAfter(sampleAttempt(delivery, FAILED))).toMatchObject({
      status: 'pending',
      reason: 'http_status',
      nextAttemptAtMs: Date.parse(FAILED.nextAttemptAt),
    });
  });

  it('ends as failed when the last attempt failed', () => {
    const last = sampleAttempt(delivery, { ...FAILED, push: 'failed', nextAttemptAt: null });
    expect(statusAfter(last)).toMatchObject({ status: 'failed', reason: 'http_status', nextAttemptAtMs: null });
  });

  it('goes from held to delivered by the sequence of the journal, not by the order of reading', () => {
    const held = sampleHeld(delivery, { sequence: 1 });
    const delivered = sampleAttempt(delivery, { sequence: 2 });
    expect(statusAfter(held)).toMatchObject({ status: 'held', reason: 'disabled', finishedAtMs: null });
    expect(statusAfter(held, delivered)?.status).toBe('delivered');
    expect(statusAfter(delivered, held)?.status).toBe('delivered');
  });

  it('keeps the reason of a discarded one', () => {
    expect(statusAfter(sampleDiscarded(delivery))).toMatchObject({ status: 'discarded', reason: 'admin' });
  });

  it('is pending again once it was redelivered', () => {
    const failed = sampleAttempt(delivery, { ...FAILED, push: 'failed', deliveries: [journaled(delivery, 0)] });
    const again = aDelivery({ trigger: 'redelivery' });
    const rows = project(['attempts', journalRecord(failed)], ['deliveries', deliveryRecord(again)]);
    expect(rows.deliveries.get(deliveryId)?.status).toBe('pending');
  });

  it('leaves tests out, which belong to the event log alone', () => {
    const rows = journal(sampleAttempt(delivery, { trigger: 'test' }));
    expect([rows.attempts.size, rows.deliveries.size]).toEqual([1, 0]);
  });
});

describe('the event log', () => {
  it('shows an attempt of an owner that had lost the partition as late, and does not count it', () => {
    const failed = sampleAttempt(delivery, { ...FAILED, epoch: 2, sequence: 5 });
    const rows = journal(marker(1), marker(2), failed, sampleAttempt(delivery, { epoch: 1, sequence: 9 }));
    expect([...rows.attempts.values()].map(({ late }) => late)).toEqual([false, true]);
    expect(rows.deliveries.get(deliveryId)?.status).toBe('pending');
  });

  it('does not take an attempt for late that was written before the next owner began', () => {
    const rows = journal(marker(1), sampleAttempt(delivery, { epoch: 1 }), marker(2));
    expect([...rows.attempts.values()].map(({ late }) => late)).toEqual([false]);
  });

  it('has one row an attempt, however often the journal holds it', () => {
    expect(journal(sampleAttempt(delivery), sampleAttempt(delivery)).attempts.size).toBe(1);
  });

  it('parts the record into the bodies of request and response', () => {
    const rows = project(['attempts', journalRecord(sampleAttempt(delivery), '{"n":1}', 'ok')]);
    const [row] = rows.attempts.values();
    expect([`${row?.requestBody}`, `${row?.responseBody}`]).toEqual(['{"n":1}', 'ok']);
  });

  it('has no bodies where the journal has none, for payloads are then not logged', () => {
    expect([...journal(sampleAttempt(delivery)).attempts.values()][0]).toMatchObject({
      requestBody: null,
      responseBody: null,
    });
  });

  it('finds the delivery of an attempt by its id', () => {
    expect(deliveryIdOfAttempt(attemptIdOf(deliveryId, 7, 12))).toBe(deliveryId);
    expect(deliveryIdOfAttempt('att_x')).toBeNull();
  });
});

describe('the view of events', () => {
  it('shows a rejected record with its reason, also one that held no readable event', () => {
    const rejected = sampleRouting([], {
      outcome: 'rejected',
      reason: 'malformed',
      tenantId: 'ten_1',
      sourceOffset: 9,
    });
    const [row] = project(['routings', routingRecord(rejected)]).events.values();
    expect(row).toMatchObject({
      tenantId: 'ten_1',
      eventId: '',
      outcome: 'rejected',
      reason: 'malformed',
      sourceOffset: 9,
    });
  });

  it('names all deliveries when a router that had died routes the event again under newer settings', () => {
    const other = aDelivery({ integrationId: 'int_2' });
    const first: [ProjectedTopic, ReturnType<typeof journalRecord>] = [
      'routings',
      routingRecord(sampleRouting([delivery])),
    ];
    const second: [ProjectedTopic, ReturnType<typeof journalRecord>] = [
      'routings',
      routingRecord(sampleRouting([other])),
    ];
    const [row] = project(first, second).events.values();
    expect(new Set(row?.integrationIds)).toEqual(new Set(['int_1', 'int_2']));
    expect(project(second, first)).toEqual(project(first, second));
  });

  it('keeps an id that breaks every bound short enough for an index', () => {
    const event = { ...delivery.envelope.event, id: 'x'.repeat(100_000) };
    const [row] = project([
      'routings',
      routingRecord(sampleRouting([], { event, outcome: 'rejected' })),
    ]).events.values();
    expect(row?.eventId.length).toBeLessThan(1_000);
  });
});

describe('a record that cannot be projected', () => {
  it.each<[string, ReturnType<typeof journalRecord>]>([
    ['breaks its contract', { key: '', headers: { [CONTRACT_HEADER]: 'attempts/1' }, value: Buffer.from('?') }],
    ['holds a time that is none', journalRecord(sampleAttempt(delivery, { at: 'x'.repeat(24) }))],
    ['holds an attempt of nothing', journalRecord(sampleAttempt(delivery, { deliveries: [] }))],
    ['holds a number that no column takes', journalRecord(sampleAttempt(delivery, { attempt: 2 ** 40 }))],
  ])('is recorded as unreadable when it %s', (_, record) => {
    const rows = project(['attempts', record]);
    expect([...rows.unreadable.values()]).toMatchObject([{ topic: 'attempts', partition: 0, offset: 0 }]);
    expect([rows.attempts.size, rows.deliveries.size]).toEqual([0, 0]);
  });

  it('is recorded as unreadable too where the dispatcher skips it: a delivery that breaks its contract', () => {
    const rows = project([
      'deliveries',
      { ...deliveryRecord(delivery), headers: { [CONTRACT_HEADER]: 'deliveries/1' } },
    ]);
    expect([...rows.unreadable.values()]).toMatchObject([{ topic: 'deliveries', partition: 0, offset: 0 }]);
  });

  it('stops its partition when a newer release wrote it', () => {
    const record = { ...journalRecord(sampleAttempt(delivery)), headers: { [CONTRACT_HEADER]: 'attempts/2' } };
    expect(() => project(['attempts', record])).toThrow(UnknownContractVersionError);
  });
});
