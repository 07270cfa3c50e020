import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { deliveryRecord, received } from '../project/sample-records.js';
import type { ProjectionStore } from '../projection/projection.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { Snapshot, SnapshotStore } from './snapshot.store.js';

const TENANT = 'ten_snapshots';
/** Above the partitions that other suites of the same database use. */
const PARTITION = 2_000_000;

export interface SnapshotParts {
  projections: ProjectionStore;
  snapshots: SnapshotStore;
}

export function snapshotStoreConformance(make: () => SnapshotParts): void {
  it('shows what there was when it began, and nothing that came since', async () => {
    const { projections, snapshots } = make();
    const write = async (id: string, offset: number) => {
      const record = received(
        deliveryRecord(aDelivery({ event: { tenantId: TENANT, id }, sourceOffset: offset })),
        offset,
        PARTITION,
      );
      await writeBatches(projections, [{ topic: 'deliveries', records: [record] }]);
    };
    const eventsIn = async ({ stores }: Snapshot) =>
      (await stores.deliveries.list(TENANT, {}, { limit: 10, after: null })).rows.map(({ eventId }) => eventId).sort();
    await write('before', 0);
    const snapshot = await snapshots.open();
    await write('since', 1);
    expect(await eventsIn(snapshot)).toEqual(['before']);
    expect(await eventsIn(snapshot)).toEqual(['before']);
    const next = await snapshots.open();
    expect(await eventsIn(next)).toEqual(['before', 'since']);
    for (const one of [snapshot, next, snapshot]) await one.end();
  });
}
