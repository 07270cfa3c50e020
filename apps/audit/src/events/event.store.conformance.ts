import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { received, routingRecord, sampleRouting } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { EventFilters } from './event.store.js';

const TENANT = 'ten_events';
/** Their texts as arrays of Postgres would have to be told apart from others. */
const SOURCES = ['/a,"b"', '/{c}'];
const OUTCOMES = ['routed', 'filtered', 'rejected'] as const;

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

  it('shows events by their source, by what became of them, and by both', async () => {
    const stores = make();
    const tenantId = `${TENANT}_by`;
    const routings = SOURCES.flatMap((source, s) =>
      OUTCOMES.map((outcome, o) => {
        const id = `${s}${o}`;
        return sampleRouting([aDelivery({ event: { tenantId, source, id } })], { outcome, sourceOffset: s * 10 + o });
      }),
    );
    const records = routings.map((routing, n) => received(routingRecord(routing), n));
    await writeBatches(stores.projections, [{ topic: 'routings', records }]);
    const found = async (filters: EventFilters) => {
      const { rows } = await stores.events.list(tenantId, filters, { limit: 10, after: null });
      return rows.map(({ eventId }) => eventId).sort();
    };
    for (const [s, source] of SOURCES.entries()) {
      expect(await found({ source })).toEqual([`${s}0`, `${s}1`, `${s}2`]);
      for (const [o, outcome] of OUTCOMES.entries()) {
        expect(await found({ outcome })).toEqual([`0${o}`, `1${o}`]);
        expect(await found({ source, outcome })).toEqual([`${s}${o}`]);
      }
    }
    expect(await found({ source: SOURCES.join(','), outcome: 'filtered' })).toEqual([]);
  });
}
