import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import { TypeormProjectionStore } from '../projection/projection.store.typeorm.js';
import { ViewReader } from '../read/view-reader.js';
import { recoveryStoreConformance } from './recovery.store.conformance.js';
import { TypeormRecoveryStore } from './recovery.store.typeorm.js';
import { recoveryListOf } from './recovery-list.js';
import { recoveryWorkStoreConformance } from './recovery-work.store.conformance.js';
import { TypeormRecoveryWorkStore } from './recovery-work.store.typeorm.js';

const DELIVERIES = 20_000;
const BY = { actor: { type: 'platform', id: null, name: null, role: null }, requestId: null } as const;

describe('recoveries in Postgres', () => {
  let database: MigratedDatabase;

  beforeAll(async () => {
    database = await createMigratedDatabase('recoveries', auditService.migrations);
  });
  afterAll(() => database.drop());

  const stores = () => ({
    projections: new TypeormProjectionStore(database.dataSource),
    store: new TypeormRecoveryStore(new ViewReader(database.dataSource), database.dataSource),
    lists: recoveryListOf(new ViewReader(database.dataSource)),
    work: new TypeormRecoveryWorkStore(database.dataSource),
  });

  recoveryStoreConformance(stores);
  recoveryWorkStoreConformance(stores);

  it('are started where one that was in the way has ended by the time that it is looked for', async () => {
    const { dataSource } = database;
    const given = { id: 'rcv_ended', tenantId: 'ten_ended', integrationId: 'int_ended', ratePerSecond: 1 };
    const span = { sinceMs: 0, untilMs: 1, selected: 'failed', startedAtMs: 1, startedBy: BY } as const;
    const inTheWay = Object.assign(new Error('unique'), { code: '23505', constraint: 'recoveries_running' });
    let met = 0;
    const meeting = Object.create(dataSource, {
      transaction: {
        value: async (run: Parameters<typeof dataSource.transaction>[1]) => {
          met += 1;
          if (met === 1) throw inTheWay;
          return dataSource.transaction(run as never);
        },
      },
    });
    const store = new TypeormRecoveryStore(new ViewReader(dataSource), meeting);
    expect(await store.start({ ...given, ...span }, null)).toMatchObject({ outcome: 'started' });
  });

  it('of many deliveries are handed over in their order, and counted where others still wait', async () => {
    const { store, work } = stores();
    await database.dataSource.query(
      `insert into deliveries (delivery_id, tenant_id, integration_id, event_id, event_source, event_type, accepted_at,
         status, delivery_offset, epoch, sequence)
       select 'dlv_many_' || n, 'ten_many', 'int_many', 'evt_' || n, 's', 't', now() - n * interval '1 s', 'failed',
         ${DELIVERIES} - n, 1, n from generate_series(1, ${DELIVERIES}) as n`,
    );
    const span = { sinceMs: 0, untilMs: Date.now(), selected: 'failed' } as const;
    const about = { id: 'rcv_many', tenantId: 'ten_many', integrationId: 'int_many', ratePerSecond: 500 };
    const started = await store.start({ ...about, ...span, startedAtMs: Date.now(), startedBy: BY }, null);
    expect(started).toMatchObject({ recovery: { matched: DELIVERIES } });
    const leases = await work.lease({ owner: 'a', working: [] }, 60_000, 1_000);
    const lease = leases.find(({ id }) => id === 'rcv_many') ?? { id: '', epoch: 0 };
    const claimed = await work.claim(lease, 2_500);
    expect(claimed?.[0]).toMatchObject({ position: 1, deliveryOffset: 0, deliveryId: `dlv_many_${DELIVERIES}` });
    await work.handedOver(lease, []);
    await database.dataSource.query(
      `update deliveries set status = 'delivered', delivery_offset = delivery_offset + ${DELIVERIES}
       where integration_id = 'int_many' and delivery_offset < 1000`,
    );
    expect(await work.look(lease, 60_000)).toMatchObject({ recovery: { delivered: 1_000 }, pending: 1_500 });
  });
});
