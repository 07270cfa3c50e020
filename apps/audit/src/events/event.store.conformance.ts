import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { received, routingRecord, sampleRouting } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';

const TENANT = 'ten_events';

export function eventStoreConformance(make: () => AuditStores): void {
  it('shows an event and its duplicate as two rows, and a delivery that is not yet known as pending', async () => {
    const stores = make();
    const delivery = aDelivery({ event: { tenantId: TENANT } });
    const duplicate = sampleRouting([delivery], { outcome: 'duplicate', deliveries: [], sourceOffset: 1 });
    const records = [sampleRouting([delivery]), duplicate].map((routing, n) => received(routingRecord(routing), n));
    await writeBatches(stores.projections, [{ topic: 'routings', records }]);
    const { rows: fates } = await stores.events.list(TENANT, { eventId: 'evt_1' }, { limit: 10, after: null });
    expect(fates.map(({ outcome, deliveries }) => [outcome, deliveries.map(({ status }) => status)])).toEqual([
      ['duplicate', []],
      ['routed', ['pending']],
    ]);
  });
}
