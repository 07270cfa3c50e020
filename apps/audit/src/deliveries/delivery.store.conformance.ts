import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import {
  deliveryRecord,
  FAILED,
  journaled,
  journalRecord,
  received,
  routingRecord,
  sampleAttempt,
  sampleRouting,
} from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';

const TENANT = 'ten_deliveries';

export function deliveryStoreConformance(make: () => AuditStores): void {
  it('counts the attempts that the event log shows, and hides the delivery from other tenants', async () => {
    const stores = make();
    const delivery = aDelivery({ event: { tenantId: TENANT } });
    const { deliveryId } = delivery.envelope;
    const attempts = [1, 2].map((attempt) => sampleAttempt(delivery, { ...FAILED, attempt, sequence: attempt }));
    const records = attempts.map((attempt, n) => received(journalRecord(attempt), n));
    await writeBatches(stores.projections, [{ topic: 'attempts', records }]);
    expect(await stores.deliveries.get(TENANT, deliveryId)).toMatchObject({ status: 'pending', attemptCount: 2 });
    expect(await stores.deliveries.get('ten_other', deliveryId)).toBeNull();
    const position = { deliveryOffset: 0, epoch: 1, sequence: 2 };
    expect(await stores.deliveries.find(TENANT, deliveryId)).toMatchObject({
      deliveryId,
      status: 'pending',
      ...position,
    });
    expect(await stores.deliveries.find('ten_other', deliveryId)).toBeNull();
  });

  it('counts the attempts of a batch in each of its deliveries, beside those that a delivery had alone', async () => {
    const stores = make();
    const event = { tenantId: `${TENANT}_batch` };
    const [first, second, third] = ['a', 'b', 'c'].map((id) => aDelivery({ event: { ...event, id } }));
    if (!first || !second || !third) throw new Error('three were made');
    const deliveries = [first, second].map((delivery, offset) => journaled(delivery, offset));
    const attempts = [
      sampleAttempt(second, { ...FAILED, sequence: 1, deliveries: [journaled(second, 1)] }),
      sampleAttempt(first, { ...FAILED, sequence: 2, deliveries }),
      sampleAttempt(first, { attempt: 2, sequence: 3, deliveries }),
      sampleAttempt(third, { ...FAILED, sequence: 4, deliveries: [journaled(third, 2)] }),
    ];
    const records = attempts.map((attempt, n) => received(journalRecord(attempt), n));
    await writeBatches(stores.projections, [{ topic: 'attempts', records }]);
    const { rows: lines } = await stores.deliveries.list(event.tenantId, {}, { limit: 10, after: null });
    const counted = lines.map(({ eventId, status, attemptCount }) => [eventId, status, attemptCount]);
    expect(new Set(counted)).toEqual(
      new Set([
        ['a', 'delivered', 2],
        ['b', 'delivered', 3],
        ['c', 'pending', 1],
      ]),
    );
  });

  it('keeps an event that came again after its window apart, and names its newer deliveries', async () => {
    const stores = make();
    const of = (acceptedAt: string, sourceOffset: number) =>
      aDelivery({ event: { tenantId: `${TENANT}_again`, acceptedAt }, sourceOffset });
    const [first, again] = [of('2026-01-02T03:04:05.000Z', 1), of('2026-01-04T03:04:05.000Z', 2)];
    const { deliveryId, event } = first.envelope;
    const attempts = [first, again].map((delivery, offset) =>
      sampleAttempt(delivery, { sequence: offset + 1, attempt: offset + 1, deliveries: [journaled(delivery, offset)] }),
    );
    const [delivered, failed] = attempts;
    if (!delivered || !failed) throw new Error('two were made');
    Object.assign(failed, { ...FAILED, at: '2026-01-04T03:04:06.000Z' });
    await writeBatches(stores.projections, [
      { topic: 'routings', records: [first, again].map((one, n) => received(routingRecord(sampleRouting([one])), n)) },
      { topic: 'deliveries', records: [first, again].map((one, n) => received(deliveryRecord(one), n)) },
      { topic: 'attempts', records: [delivered, failed].map((one, n) => received(journalRecord(one), n)) },
    ]);
    const page = { limit: 10, after: null };
    const { rows: lines } = await stores.deliveries.list(event.tenantId, {}, page);
    expect(lines.map(({ acceptedAtMs, status }) => [new Date(acceptedAtMs).getUTCDate(), status])).toEqual([
      [4, 'pending'],
      [2, 'delivered'],
    ]);
    expect(await stores.deliveries.get(event.tenantId, deliveryId)).toMatchObject({ status: 'pending' });
    expect(await stores.deliveries.find(event.tenantId, deliveryId)).toMatchObject({ deliveryOffset: 1 });
    const { rows: fates } = await stores.events.list(event.tenantId, {}, page);
    expect(fates.map(({ deliveries }) => deliveries[0]?.status)).toEqual(['pending', 'delivered']);
  });
}
