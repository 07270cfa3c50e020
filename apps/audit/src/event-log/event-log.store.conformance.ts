import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import {
  journaled,
  journalRecord,
  received,
  routingRecord,
  sampleAttempt,
  sampleRouting,
} from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { EventLogFilters } from './event-log.store.js';

const TENANT = 'ten_event_log';

export function eventLogStoreConformance(make: () => AuditStores): void {
  it('pages through attempts of one moment without losing or repeating one, and gives bodies only for one', async () => {
    const stores = make();
    const deliveries = ['a', 'b', 'c'].map((id) => aDelivery({ event: { tenantId: TENANT, id } }));
    const records = deliveries.map((delivery, n) => received(journalRecord(sampleAttempt(delivery), 'in\0', 'out'), n));
    await writeBatches(stores.projections, [{ topic: 'attempts', records }]);
    const { rows: first } = await stores.eventLog.list(TENANT, {}, { limit: 1, after: null });
    const last = first[0];
    const after = last ? { atMs: last.atMs, key: last.attemptId } : null;
    const { rows: rest } = await stores.eventLog.list(TENANT, {}, { limit: 10, after });
    expect(new Set([last, ...rest].map((line) => line?.eventId))).toEqual(new Set(['a', 'b', 'c']));
    expect(rest).toHaveLength(2);
    expect(rest[0]).not.toHaveProperty('requestBody');
    const row = await stores.eventLog.get(TENANT, last?.attemptId ?? '');
    expect([`${row?.requestBody}`, `${row?.responseBody}`]).toEqual(['in\0', 'out']);
    expect(await stores.eventLog.get('ten_other', last?.attemptId ?? '')).toBeNull();
  });

  it('finds the one attempt of a batch by each of its deliveries, of their events and of their types', async () => {
    const stores = make();
    const tenantId = `${TENANT}_batch`;
    const members = ['one', 'two'].map((name, sourceOffset) =>
      aDelivery({ event: { tenantId, id: `evt_${name}`, type: `type.${name}` }, sourceOffset }),
    );
    const [first, second] = members;
    if (!first || !second) throw new Error('two were made');
    const deliveries = members.map((member, offset) => journaled(member, offset));
    const batch = sampleAttempt(first, { deliveries });
    // It has the batch's number, and is none of the second event.
    const again = sampleAttempt(first, { trigger: 'redelivery', deliveries: [journaled(first, 9)] });
    const alone = sampleAttempt(aDelivery({ event: { tenantId, id: 'evt_other', type: 'type.other' } }));
    const journal = [batch, alone].map((attempt, n) => received(journalRecord(attempt), n));
    const routings = members.map((member, n) => received(routingRecord(sampleRouting([member])), n));
    await writeBatches(stores.projections, [
      { topic: 'routings', records: routings },
      { topic: 'attempts', records: journal },
    ]);
    const redelivered = [received(journalRecord(again), journal.length)];
    await writeBatches(stores.projections, [{ topic: 'attempts', records: redelivered }]);
    const found = async (filters: EventLogFilters) =>
      (await stores.eventLog.list(tenantId, filters, { limit: 10, after: null })).rows.map(
        ({ attemptId }) => attemptId,
      );
    expect(new Set(await found({ eventId: first.envelope.event.id }))).toEqual(
      new Set([batch.attemptId, again.attemptId]),
    );
    for (const { deliveryId, event } of [second.envelope]) {
      const filters = [{ deliveryId }, { eventId: event.id }, { eventType: event.type }, { q: event.id.toUpperCase() }];
      for (const filter of filters) expect(await found(filter), JSON.stringify(filter)).toEqual([batch.attemptId]);
    }
    expect(await found({ eventType: 'type.odd' })).toEqual([]);
    expect(await found({})).toHaveLength(3);
  });
}
