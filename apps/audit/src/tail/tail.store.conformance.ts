import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';
import { endOf, type TailPosition } from './tail-position.js';

const TENANT = 'ten_tail';

/** Suites of one database flush beside each other: the horizon is this store's own or beyond. */
async function horizonOf({ tail }: AuditStores): Promise<number> {
  for (;;) {
    const horizon = await tail.horizon();
    if (horizon !== null) return horizon;
  }
}

/** Writes one flush with an attempt of each event; `at` are seconds of one minute. */
async function flush(stores: AuditStores, tenantId: string, events: Record<string, number>): Promise<void> {
  const records = Object.entries(events).map(([id, second], n) => {
    const at = `2026-01-02T03:04:${String(second).padStart(2, '0')}.000Z`;
    return received(journalRecord(sampleAttempt(aDelivery({ event: { tenantId, id } }), { at }), 'in', 'out'), n);
  });
  await writeBatches(stores.projections, [{ topic: 'attempts', records }]);
}

export function tailStoreConformance(make: () => AuditStores): void {
  it('goes through attempts by flush, then by time, page by page, also where a later flush holds older ones', async () => {
    const stores = make();
    const start = endOf(await horizonOf(stores));
    await flush(stores, TENANT, { late: 40, early: 10 });
    await flush(stores, TENANT, { oldest: 1 });
    await flush(stores, `${TENANT}_other`, { foreign: 5 });
    const until = await horizonOf(stores);
    const seen: string[] = [];
    for (let position: TailPosition | undefined = start; position; ) {
      const [row] = await stores.tail.behind([TENANT], position, until, 1);
      if (row) seen.push(row.line.eventId);
      position = row?.position;
    }
    expect(seen).toEqual(['early', 'late', 'oldest']);
    const both = await stores.tail.behind([TENANT, `${TENANT}_other`], start, until, 10);
    expect(both.map(({ line }) => line.eventId)).toEqual(['early', 'late', 'oldest', 'foreign']);
    expect(both[0]?.line).not.toHaveProperty('requestBody');
    expect(await stores.tail.hasMoreThan(2, TENANT, start)).toBe(true);
    expect(await stores.tail.hasMoreThan(3, TENANT, start)).toBe(false);
  });

  it('does not show an attempt again that is written again', async () => {
    const stores = make();
    await flush(stores, `${TENANT}_again`, { once: 1 });
    const start = endOf(await horizonOf(stores));
    await flush(stores, `${TENANT}_again`, { once: 1 });
    expect(await stores.tail.behind([`${TENANT}_again`], start, await horizonOf(stores), 10)).toEqual([]);
  });
}
