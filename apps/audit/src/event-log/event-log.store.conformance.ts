import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';

const TENANT = 'ten_event_log';

export function eventLogStoreConformance(make: () => AuditStores): void {
  it('pages through attempts of one moment without losing or repeating one, and gives bodies only for one', async () => {
    const stores = make();
    const deliveries = ['a', 'b', 'c'].map((id) => aDelivery({ event: { tenantId: TENANT, id } }));
    const records = deliveries.map((delivery, n) => received(journalRecord(sampleAttempt(delivery), 'in\0', 'out'), n));
    await writeBatches(stores.projections, [{ topic: 'attempts', records }]);
    const first = await stores.eventLog.list(TENANT, {}, { limit: 1, after: null });
    const last = first[0];
    const after = last ? { atMs: last.atMs, key: last.attemptId } : null;
    const rest = await stores.eventLog.list(TENANT, {}, { limit: 10, after });
    expect(new Set([last, ...rest].map((line) => line?.eventId))).toEqual(new Set(['a', 'b', 'c']));
    expect(rest).toHaveLength(2);
    expect(rest[0]).not.toHaveProperty('requestBody');
    const row = await stores.eventLog.get(TENANT, last?.attemptId ?? '');
    expect([`${row?.requestBody}`, `${row?.responseBody}`]).toEqual(['in\0', 'out']);
    expect(await stores.eventLog.get('ten_other', last?.attemptId ?? '')).toBeNull();
  });
}
