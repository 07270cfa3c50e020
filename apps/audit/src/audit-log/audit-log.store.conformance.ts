import { domainEventsV1 } from '@hookstile/contracts';
import { expect, it } from 'vitest';
import { received, sampleFact } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';

const TENANT = 'ten_audit_log';
/** Sequences are config's own, so one database has each only once. */
const SEQUENCES = [101, 102, 103];

export function auditLogStoreConformance(make: () => AuditStores): void {
  it('lists the newest fact first, goes on below a sequence, and narrows by subject and action', async () => {
    const stores = make();
    const records = SEQUENCES.map((sequence, n) => {
      const fact = sampleFact({ sequence, tenantId: TENANT, aggregateId: `int_${n % 2}` });
      return received(domainEventsV1.encode('int_1', fact), n);
    });
    await writeBatches(stores.projections, [{ topic: 'domain-events', records }]);
    const sequencesOf = async (filters: object, after: number | null) => {
      const page = { limit: 10, after: after === null ? null : { atMs: after, key: '' } };
      return (await stores.auditLog.list(TENANT, filters, page)).map(({ sequence }) => sequence);
    };
    expect(await sequencesOf({}, null)).toEqual([103, 102, 101]);
    expect(await sequencesOf({}, 102)).toEqual([101]);
    expect(await sequencesOf({ subjectId: 'int_0', action: 'integration.disabled' }, null)).toEqual([103, 101]);
    expect(await sequencesOf({ actorId: 'key_1' }, null)).toEqual([]);
  });
}
