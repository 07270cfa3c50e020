import type { EncodedRecord } from '@hookstile/contracts';
import { aDelivery } from '@hookstile/testing';
import { beforeEach, expect, it } from 'vitest';
import {
  deliveryRecord,
  FAILED,
  journaled,
  journalRecord,
  received,
  sampleAttempt,
  sampleHeld,
} from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { StatsQuery } from './stats.store.js';
import { statsOf } from './stats-item.js';

const FROM_MS = Date.parse('2026-01-02T03:00:00.000Z');
const QUERY: StatsQuery = { integrationId: null, bucket: 'hour', fromMs: FROM_MS, toMs: FROM_MS + 2 * 3_600_000 };
/** Marks and epochs are a partition's, and other suites use the same database. */
const FIRST_PARTITION = 2_000_000;
const at = (time: string) => ({ at: `2026-01-02T${time}.000Z` });

export function statsStoreConformance(make: () => AuditStores): void {
  let partition = FIRST_PARTITION;
  let sourceOffset = 0;
  beforeEach(() => {
    partition += 1;
  });
  const of = (tenantId: string, id: string, time: string, integrationId = 'int_1') => {
    sourceOffset += 1;
    return aDelivery({ event: { tenantId, id, acceptedAt: at(time).at }, integrationId, sourceOffset });
  };
  const write = (stores: AuditStores, topic: 'deliveries' | 'attempts', ...records: EncodedRecord[]) =>
    writeBatches(stores.projections, [{ topic, records: records.map((record, n) => received(record, n, partition)) }]);
  const shown = async (stores: AuditStores, tenantId: string, query: Partial<StatsQuery> = {}) => {
    const asked = { ...QUERY, ...query };
    return statsOf(asked, await stores.stats.read(tenantId, asked));
  };

  it('counts attempts by the hour they were made in, and neither tests nor late ones', async () => {
    const [stores, tenantId] = [make(), 'ten_stats_counted'];
    const delivery = of(tenantId, 'evt_1', '03:04:05');
    const marker = journalRecord({ kind: 'epoch', epoch: 2, owner: 'b', ...at('03:50:00') });
    await write(
      stores,
      'attempts',
      journalRecord(sampleAttempt(delivery, { ...FAILED, ...at('03:59:59') })),
      marker,
      journalRecord(sampleAttempt(delivery, { attempt: 2, epoch: 2, ...at('04:00:00') })),
      journalRecord(sampleAttempt(delivery, { attempt: 3, epoch: 1, ...at('04:00:01') })),
      journalRecord(sampleAttempt(of(tenantId, 'evt_t', '04:00:02'), { trigger: 'test', epoch: 0, ...at('04:00:02') })),
    );
    const { items } = await shown(stores, tenantId);
    expect(items).toMatchObject([
      { attempts: 1, succeeded: 0, failed: 1, byStatus: { 500: 1 }, byError: { http_status: 1 } },
      { attempts: 1, succeeded: 1, failed: 0, byStatus: { 200: 1 }, byError: {} },
    ]);
    expect((await shown(stores, 'ten_other')).items).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
  });

  it('tells integrations apart, and adds them up for their tenant', async () => {
    const [stores, tenantId] = [make(), 'ten_stats_apart'];
    const [one, other] = [of(tenantId, 'evt_1', '03:04:05'), of(tenantId, 'evt_1', '03:04:05', 'int_2')];
    await write(stores, 'deliveries', deliveryRecord(one), deliveryRecord(other));
    await write(stores, 'attempts', ...[one, other].map((each) => journalRecord(sampleAttempt(each, at('03:30:00')))));
    expect((await shown(stores, tenantId)).items[0]).toMatchObject({ attempts: 2, byStatus: { 200: 2 } });
    expect((await shown(stores, tenantId, { integrationId: 'int_2' })).items[0]).toMatchObject({ attempts: 1 });
    expect((await shown(stores, tenantId, { integrationId: 'int_3' })).items[0]).toMatchObject({ attempts: 0 });
  });

  it('shows what was open at the end of each bucket, and what is open now since when', async () => {
    const [stores, tenantId] = [make(), 'ten_stats_open'];
    const [delivered, held, pending] = ['03:10:00', '03:20:00', '05:10:00'].map((time) => of(tenantId, time, time));
    if (!delivered || !held || !pending) throw new Error('three were made');
    await write(stores, 'deliveries', ...[delivered, held, pending].map(deliveryRecord));
    await write(
      stores,
      'attempts',
      journalRecord(sampleHeld(held, at('03:20:01'))),
      journalRecord(sampleAttempt(delivered, at('04:10:00'))),
    );
    const { items, backlog } = await shown(stores, tenantId);
    expect(items.map((item) => item.backlog)).toEqual([2, 1]);
    expect(backlog).toEqual({ pending: 1, held: 1, oldestAt: at('03:20:00').at });
  });

  it('counts a delivery that is redelivered as open again, since it was accepted', async () => {
    const [stores, tenantId] = [make(), 'ten_stats_again'];
    const delivery = of(tenantId, 'evt_1', '03:10:00');
    const failed = sampleAttempt(delivery, { ...FAILED, push: 'failed', ...at('03:20:00') });
    await write(stores, 'attempts', journalRecord(failed));
    expect((await shown(stores, tenantId)).items.map((item) => item.backlog)).toEqual([0, 0]);
    const again = aDelivery({ ...delivery.envelope, trigger: 'redelivery' });
    const redelivered = received(deliveryRecord(again), 7, partition);
    await writeBatches(stores.projections, [{ topic: 'deliveries', records: [redelivered] }]);
    expect((await shown(stores, tenantId)).items.map((item) => item.backlog)).toEqual([1, 1]);
    const about = { sequence: 2, deliveries: [journaled(again, 7)], ...at('04:20:00') };
    await write(stores, 'attempts', journalRecord(sampleAttempt(again, { trigger: 'redelivery', ...about })));
    expect((await shown(stores, tenantId)).items.map((item) => item.backlog)).toEqual([1, 0]);
  });
}
