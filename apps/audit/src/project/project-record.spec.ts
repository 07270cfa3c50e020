import {
  attemptIdOf,
  CONTRACT_HEADER,
  deliveriesV1,
  deliveryIdOf,
  domainEventsV1,
  IntegrationSignal,
  integrationSignalsV1,
  type JournalEnvelope,
} from '@hookstile/contracts';
import { PayloadMask } from '@hookstile/service-runtime';
import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { deliveryIdOfAttempt } from './attempt-row.js';
import { DeliveryMarks } from './delivery-marks.js';
import { Epochs } from './epochs.js';
import { type ProjectedTopic, projectRecord } from './project-record.js';
import { ProjectionRows } from './projection-rows.js';
import {
  deliveryRecord,
  EXHAUSTED_ATTEMPT,
  FAILED,
  journaled,
  journalRecord,
  received,
  redeliveryRecord,
  routingRecord,
  sampleAttempt,
  sampleDiscarded,
  sampleFact,
  sampleHeld,
  sampleRedelivery,
  sampleRouting,
  sampleSkipped,
} from './sample-records.js';
import { UnknownContractVersionError } from './unknown-contract-version.error.js';

const delivery = aDelivery();
const { deliveryId } = delivery.envelope;
const second = aDelivery({ event: { id: 'evt_2', type: 'device.deleted' }, sourceOffset: 1 });
const marker = (epoch: number): JournalEnvelope => ({
  kind: 'epoch',
  epoch,
  owner: 'x',
  at: '2026-01-02T03:04:06.000Z',
});

const mask = new PayloadMask([]);

/** The rows after these records, in this order; a record's place in its list is its offset. */
function project(...records: [ProjectedTopic, ReturnType<typeof journalRecord>][]): ProjectionRows {
  const rows = new ProjectionRows();
  const epochs = new Epochs();
  const marks = new DeliveryMarks();
  records.forEach(([topic, record], offset) => {
    projectRecord(topic, received(record, offset), rows, { epochs, marks, mask });
  });
  return rows;
}
const deliveryIn = (rows: ProjectionRows, id: string = deliveryId) =>
  [...rows.deliveries.values()].find((row) => row.deliveryId === id);
const journal = (...envelopes: JournalEnvelope[]) =>
  project(
    ...envelopes.map((envelope): [ProjectedTopic, ReturnType<typeof journalRecord>] => [
      'attempts',
      journalRecord(envelope),
    ]),
  );
const statusAfter = (...envelopes: JournalEnvelope[]) => deliveryIn(journal(...envelopes));
const routed: [ProjectedTopic, ReturnType<typeof journalRecord>] = ['deliveries', deliveryRecord(delivery)];

/** A delivery of the event at `sourceOffset`, as the router writes it. */
function at(sourceOffset: number, integrationId: string): [ProjectedTopic, ReturnType<typeof journalRecord>] {
  const deliveryId = deliveryIdOf('ten_1', '/s', `e${sourceOffset}`, integrationId);
  const { envelope, bytes } = aDelivery();
  return ['deliveries', deliveryRecord({ bytes, envelope: { ...envelope, deliveryId, integrationId, sourceOffset } })];
}
const idOf = ([, record]: ReturnType<typeof at>) => {
  const result = deliveriesV1.decode(received(record, 0));
  return result.outcome === 'decoded' ? result.value.envelope.deliveryId : '';
};

describe('the view of deliveries', () => {
  it('shows a routed delivery as pending', () => {
    expect(deliveryIn(project(routed))).toMatchObject({
      status: 'pending',
      reason: null,
      finishedAtMs: null,
    });
  });

  it('shows one that only a replay under a newer configuration names as discarded, for no dispatcher takes it', () => {
    const [first, later] = [at(0, 'int_a'), at(1, 'int_a')];
    const named = at(0, 'int_b');
    const rows = project(first, later, first, named, later);
    expect(deliveryIn(rows, idOf(named))).toMatchObject({ status: 'discarded', reason: 'replayed' });
    expect(deliveryIn(rows, idOf(first))).toMatchObject({ status: 'pending', finishedAtMs: null });
    expect(deliveryIn(rows, idOf(later))).toMatchObject({ status: 'pending', finishedAtMs: null });
  });

  it('shows a delivered one as delivered, also when its routing is read afterwards', () => {
    const attempt: [ProjectedTopic, ReturnType<typeof journalRecord>] = [
      'attempts',
      journalRecord(sampleAttempt(delivery)),
    ];
    const finishedAtMs = Date.parse('2026-01-02T03:04:06.000Z');
    expect(deliveryIn(project(routed, attempt))).toMatchObject({ status: 'delivered', finishedAtMs });
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

  it('says that it is exhausted while it waits for a change of its integration, until it is tried again', () => {
    const exhausted = sampleAttempt(delivery, { ...EXHAUSTED_ATTEMPT, sequence: 1 });
    expect(statusAfter(exhausted)).toMatchObject({
      status: 'pending',
      reason: 'exhausted',
      nextAttemptAtMs: null,
      finishedAtMs: null,
    });
    const again = sampleAttempt(delivery, { ...FAILED, attempt: 2, sequence: 2 });
    expect(statusAfter(exhausted, again)).toMatchObject({ status: 'pending', reason: 'http_status' });
  });

  it('ends as failed when an admin gave it up', () => {
    const exhausted = sampleAttempt(delivery, { ...EXHAUSTED_ATTEMPT, sequence: 1 });
    const finishedAtMs = Date.parse('2026-01-02T03:09:00.000Z');
    const skipped = sampleSkipped(delivery, { sequence: 2, at: '2026-01-02T03:09:00.000Z' });
    expect(statusAfter(exhausted, skipped)).toMatchObject({ status: 'failed', reason: 'skipped', finishedAtMs });
  });

  it('gives each delivery of a batch what became of all', () => {
    const deliveries = [journaled(delivery, 4), journaled(second, 7)];
    const statuses = (envelope: JournalEnvelope) =>
      [...journal(envelope).deliveries.values()].map((row) => [row.eventId, row.deliveryOffset, row.status]);
    const each = (status: string) => [
      ['evt_1', 4, status],
      ['evt_2', 7, status],
    ];
    expect(statuses(sampleAttempt(delivery, { deliveries }))).toEqual(each('delivered'));
    expect(statuses(sampleSkipped(delivery, { deliveries }))).toEqual(each('failed'));
  });

  it('keeps the reason of a discarded one', () => {
    expect(statusAfter(sampleDiscarded(delivery))).toMatchObject({ status: 'discarded', reason: 'admin' });
  });

  it('is pending again once it was redelivered', () => {
    const failed = sampleAttempt(delivery, { ...FAILED, push: 'failed', deliveries: [journaled(delivery, 0)] });
    const again = aDelivery({ trigger: 'redelivery' });
    const rows = project(['attempts', journalRecord(failed)], ['deliveries', deliveryRecord(again)]);
    expect(deliveryIn(rows)?.status).toBe('pending');
  });

  it('stays what it became where a router wrote its redelivery twice', () => {
    const again = aDelivery({ trigger: 'redelivery', sourceOffset: 3 });
    const done = sampleAttempt(again, { trigger: 'redelivery', deliveries: [journaled(again, 0)] });
    const record = deliveryRecord(again);
    const rows = project(['deliveries', record], ['deliveries', record], ['attempts', journalRecord(done)]);
    expect(deliveryIn(rows)?.status).toBe('delivered');
  });

  it('leaves tests out, which belong to the event log alone', () => {
    const rows = journal(marker(2), sampleAttempt(delivery, { trigger: 'test', epoch: 0, sequence: 0 }));
    expect([...rows.attempts.values()].map(({ late }) => late)).toEqual([false]);
    expect(rows.deliveries.size).toBe(0);
  });
});

describe('the event log', () => {
  it("tells a redelivery's attempt from the one of the same number that it repeats", () => {
    const again = [7, 9].map((offset) =>
      sampleAttempt(delivery, { trigger: 'redelivery', deliveries: [journaled(delivery, offset)] }),
    );
    const rows = journal(sampleAttempt(delivery, { push: 'failed' }), ...again, ...again);
    const ids = [...rows.attempts.keys()];
    expect(ids).toHaveLength(3);
    expect(new Set(ids.map(deliveryIdOfAttempt))).toEqual(new Set([deliveryId]));
  });

  it('shows an attempt of an owner that had lost the partition as late, and does not count it', () => {
    const failed = sampleAttempt(delivery, { ...FAILED, epoch: 2, sequence: 5 });
    const rows = journal(marker(1), marker(2), failed, sampleAttempt(delivery, { epoch: 1, sequence: 9 }));
    expect([...rows.attempts.values()].map(({ late }) => late)).toEqual([false, true]);
    expect(deliveryIn(rows)?.status).toBe('pending');
  });

  it('does not take an attempt for late that was written before the next owner began', () => {
    const rows = journal(marker(1), sampleAttempt(delivery, { epoch: 1 }), marker(2));
    expect([...rows.attempts.values()].map(({ late }) => late)).toEqual([false]);
  });

  it('has one row an attempt, however often the journal holds it', () => {
    expect(journal(sampleAttempt(delivery), sampleAttempt(delivery)).attempts.size).toBe(1);
  });

  it('has one row for an attempt of several deliveries, which names them all, their events and types', () => {
    const third = aDelivery({ event: { id: 'evt_3' }, sourceOffset: 2 });
    const deliveries = [delivery, second, third].map((member, offset) => journaled(member, offset));
    expect([...journal(sampleAttempt(delivery, { deliveries })).attempts.values()]).toMatchObject([
      {
        deliveryId,
        deliveryIds: [deliveryId, second.envelope.deliveryId, third.envelope.deliveryId],
        eventIds: ['evt_1', 'evt_2', 'evt_3'],
        eventTypes: ['device.compliant', 'device.deleted'],
      },
    ]);
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

describe('the audit log', () => {
  const lines = (...envelopes: JournalEnvelope[]) => [...journal(...envelopes).auditLog.values()];

  it('says who gave up each delivery of a push, and what that changed', () => {
    const deliveries = [journaled(delivery, 4), journaled(second, 7)];
    const found = lines(sampleSkipped(delivery, { deliveries }));
    expect(found.map(({ subjectId }) => subjectId)).toEqual([deliveryId, second.envelope.deliveryId]);
    const { before, after, ...line } = found[1] ?? {};
    expect(line).toEqual({
      id: `aud_${second.envelope.deliveryId.slice('dlv_'.length)}_7`,
      tenantId: 'ten_1',
      atMs: Date.parse('2026-01-02T03:04:06.000Z'),
      action: 'delivery.skipped',
      actorType: 'api_key',
      actorId: 'key_1',
      actorName: 'ops',
      actorRole: 'editor',
      subjectType: 'delivery',
      subjectId: second.envelope.deliveryId,
      subjectName: null,
      requestId: 'req_1',
    });
    const about = { integrationId: 'int_1', eventId: 'evt_2' };
    expect(JSON.parse(before ?? '')).toEqual({ ...about, status: 'pending', reason: 'exhausted' });
    expect(JSON.parse(after ?? '')).toEqual({ ...about, status: 'failed', reason: 'skipped' });
  });

  it('has one line a skipping, however often the journal holds it, and another when it is redelivered and skipped', () => {
    const again = sampleSkipped(delivery, { sequence: 9, deliveries: [journaled(delivery, 12)] });
    expect(lines(sampleSkipped(delivery), sampleSkipped(delivery), again)).toHaveLength(2);
  });

  it('says who had a delivery sent once more, once for each ending, beside who gave it up there', () => {
    const asked = [0, 0, 12].map((endedOffset) => sampleRedelivery(delivery, { endedOffset }));
    const records = asked.map((one): [ProjectedTopic, ReturnType<typeof journalRecord>] => [
      'redeliveries',
      redeliveryRecord(one),
    ]);
    const rows = project(['attempts', journalRecord(sampleSkipped(delivery))], ...records);
    const redelivered = [...rows.auditLog.values()].filter(({ action }) => action === 'delivery.redelivered');
    expect([rows.auditLog.size, redelivered.length]).toEqual([3, 2]);
    const { before, after, ...line } = redelivered[0] ?? {};
    expect(line).toMatchObject({
      ...{ tenantId: delivery.envelope.event.tenantId, actorId: 'key_1', actorRole: 'editor', requestId: 'req_1' },
      ...{ subjectType: 'delivery', subjectId: deliveryId },
    });
    const about = { integrationId: 'int_1', eventId: delivery.envelope.event.id };
    expect(JSON.parse(before ?? '')).toEqual({ ...about, status: 'failed', reason: 'http_status' });
    expect(JSON.parse(after ?? '')).toEqual({ ...about, status: 'pending', reason: null });
  });

  it('has no line of an owner that had lost the partition, for its word ended nothing', () => {
    expect(lines(marker(1), marker(2), sampleSkipped(delivery, { epoch: 1 }))).toEqual([]);
  });

  it('gives facts ids whose text order is that of their sequence', () => {
    const ids = [9, 10, Number.MAX_SAFE_INTEGER].map((sequence) => {
      const fact = sampleFact({ sequence });
      return [...project(['domain-events', domainEventsV1.encode('int_1', fact)]).auditLog.keys()][0];
    });
    expect(ids).toEqual(['aud_0000000000000009', 'aud_0000000000000010', 'aud_9007199254740991']);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('signals', () => {
  it.each(IntegrationSignal.properties.type.anyOf.map((member) => member.const))(
    'are kept as they came: %s',
    (type) => {
      const about = { tenantId: 'ten_1', integrationId: 'int_1', enablement: 2, consecutiveFailures: 100, sequence: 7 };
      const signal = { type, ...about, reason: null, at: '2026-01-02T03:04:06.000Z', traceparent: null };
      const rows = project(['integration-signals', integrationSignalsV1.encode('int_1', signal)]);
      const atMs = Date.parse('2026-01-02T03:04:06.000Z');
      expect([...rows.signals.values()]).toEqual([{ type, ...about, reason: null, atMs }]);
    },
  );
});

describe('the view of events', () => {
  it('shows a rejected record with its reason, also one that held no readable event', () => {
    const about = { outcome: 'rejected', reason: 'malformed', tenantId: 'ten_1', sourceOffset: 9 } as const;
    const rejected = sampleRouting([], about);
    const [row] = project(['routings', routingRecord(rejected)]).events.values();
    expect(row).toMatchObject({ ...about, eventId: '' });
  });

  it('has one row of an unreadable record that was routed twice, at the time when it was accepted', () => {
    const acceptedAt = '2026-01-02T03:04:05.000Z';
    const routings = [1, 2].map((n) =>
      routingRecord(
        sampleRouting([], { outcome: 'rejected', acceptedAt, routedAt: `2026-01-0${n + 2}T00:00:00.000Z` }),
      ),
    );
    const rows = project(...routings.map((record): [ProjectedTopic, typeof record] => ['routings', record]));
    expect([...rows.events.values()].map(({ acceptedAtMs }) => acceptedAtMs)).toEqual([Date.parse(acceptedAt)]);
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
