import { domainEventsV1 } from '@hookstile/contracts';
import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { journaled, journalRecord, received, sampleFact, sampleSkipped } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { AuditLogFilters } from './audit-log.store.js';

const TENANT = 'ten_audit_log';
const at = (second: number) => `2026-01-02T03:04:0${second}.000Z`;
const delivery = aDelivery({ event: { tenantId: TENANT } });
const { deliveryId } = delivery.envelope;

/** Two facts of one moment, a skipped delivery behind them, and a last fact. Sequences are config's own: each once. */
const FACTS = [
  { sequence: 999, aggregateId: 'int_0', at: at(1) },
  { sequence: 1_000, aggregateId: 'int_1', at: at(1) },
  { sequence: 1_001, aggregateId: 'int_0', at: at(3) },
];
const SKIPPED = `aud_${deliveryId.slice('dlv_'.length)}_5`;
const NEWEST_FIRST = ['aud_0000000000001001', SKIPPED, 'aud_0000000000001000', 'aud_0000000000000999'];

async function written(stores: AuditStores): Promise<AuditStores> {
  const facts = FACTS.map((fact, n) =>
    received(domainEventsV1.encode(fact.aggregateId, sampleFact({ ...fact, tenantId: TENANT })), n),
  );
  const skipped = sampleSkipped(delivery, { at: at(2), deliveries: [journaled(delivery, 5)] });
  await writeBatches(stores.projections, [
    { topic: 'domain-events', records: facts },
    { topic: 'attempts', records: [received(journalRecord(skipped), 0)] },
  ]);
  return stores;
}

export function auditLogStoreConformance(make: () => AuditStores): void {
  const idsOf = async (stores: AuditStores, filters: AuditLogFilters, limit = 10, after = null as string | null) => {
    const { rows: all } = await stores.auditLog.list(TENANT, {}, { limit: 10, after: null });
    const last = all.find(({ id }) => id === after);
    const page = { limit, after: last ? { atMs: last.atMs, key: last.id } : null };
    return (await stores.auditLog.list(TENANT, filters, page)).rows.map(({ id }) => id);
  };

  it('lists the newest line first, facts of one moment by their sequence, and goes on behind any line', async () => {
    const stores = await written(make());
    expect(await idsOf(stores, {})).toEqual(NEWEST_FIRST);
    for (const [place, id] of NEWEST_FIRST.entries()) {
      expect(await idsOf(stores, {}, 10, id)).toEqual(NEWEST_FIRST.slice(place + 1));
    }
    expect(await idsOf(stores, {}, 1)).toHaveLength(2);
  });

  it('narrows by actor, action, subject and time', async () => {
    const stores = await written(make());
    expect(await idsOf(stores, { subjectId: 'int_0', action: 'integration.disabled' })).toEqual([
      'aud_0000000000001001',
      'aud_0000000000000999',
    ]);
    expect(await idsOf(stores, { actorId: 'key_1' })).toEqual([SKIPPED]);
    expect(await idsOf(stores, { subjectType: 'delivery', subjectId: deliveryId })).toEqual([SKIPPED]);
    expect(await idsOf(stores, { since: Date.parse(at(2)), until: Date.parse(at(3)) })).toEqual([SKIPPED]);
    expect(await idsOf(stores, { actorId: 'key_2' })).toEqual([]);
  });

  it('keeps each line as it is when its record is read again', async () => {
    const stores = await written(make());
    const lines = await stores.auditLog.list(TENANT, {}, { limit: 10, after: null });
    await written(stores);
    expect(await stores.auditLog.list(TENANT, {}, { limit: 10, after: null })).toEqual(lines);
  });
}
