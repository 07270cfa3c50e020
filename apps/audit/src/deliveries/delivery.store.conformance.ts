import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { FAILED, journalRecord, received, sampleAttempt } from '../project/sample-records.js';
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
  });
}
