import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMigratedDatabase, type MigratedDatabase, until } from '@hookstile/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import { typeormListStores } from '../projection/audit.store.typeorm.js';
import { TypeormProjectionStore } from '../projection/projection.store.typeorm.js';
import { snapshotStoreConformance } from './snapshot.store.conformance.js';
import type { Snapshot } from './snapshot.store.js';
import { TypeormSnapshotStore } from './snapshot.store.typeorm.js';

const DAY_MS = 86_400_000;
const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
const TENANT = 'ten_1';

describe('a snapshot of the lists', () => {
  let database: MigratedDatabase;
  let snapshots: TypeormSnapshotStore;
  const insert = (id: string, day: string) =>
    database.dataSource.query(
      `insert into activity_log (id, tenant_id, at, rule_id, rule_name, rule_version, decision, code, reason,
         duration_ms, cached) values ($1, $2, $3, 'rul_1', 'n', 1, 'denied', 'no_match', 'r', 1, false)`,
      [id, TENANT, day],
    );
  const idsIn = async ({ stores }: Snapshot) =>
    (await stores.activityLog.list(TENANT, {}, { limit: 10, after: null })).rows.map(({ id }) => id);

  beforeAll(async () => {
    database = await createMigratedDatabase('snapshots', auditService.migrations);
    const { dataSource } = database;
    snapshots = new TypeormSnapshotStore(dataSource, dataSource, typeormListStores, pino({ level: 'silent' }));
    await insert('dec_new', dayOf(0));
    await insert('dec_tomorrow', dayOf(-1));
  });
  afterAll(() => database?.drop());

  snapshotStoreConformance(() => ({ projections: new TypeormProjectionStore(database.dataSource), snapshots }));

  it('lets a partition be dropped between two of its pages, and is without it from then on', async () => {
    const snapshot = await snapshots.open();
    expect(await idsIn(snapshot)).toEqual(['dec_tomorrow', 'dec_new']);
    const partition = `activity_log_${dayOf(-1).replaceAll('-', '')}`;
    await database.dataSource.query(`begin; set local lock_timeout = '1s'; drop table ${partition}; commit`);
    expect(await idsIn(snapshot)).toEqual(['dec_new']);
    await snapshot.end();
  });

  it('outlasts a slow reader, though Postgres ends transactions in which nothing happens', async () => {
    const { url, schema, dataSource } = database;
    const extra = { options: `-c search_path=${schema}`, idle_in_transaction_session_timeout: 250 };
    const pool = new DataSource({ type: 'postgres', url, schema, extra });
    await pool.initialize();
    try {
      const store = new TypeormSnapshotStore(pool, dataSource, typeormListStores, pino({ level: 'silent' }), 50);
      const snapshot = await store.open();
      const age = `select 1 from pg_stat_activity where state like 'idle in transaction%' and query = 'select 1'
        and now() - xact_start > interval '600 milliseconds'`;
      await until(async () => (await dataSource.query(age)).length > 0);
      expect(await idsIn(snapshot)).toHaveLength(1);
      await snapshot.end();
    } finally {
      await pool.destroy();
    }
  });

  it('ends what is being read of it, and its connection is given back', async () => {
    const runner = database.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('lock table activity_log in access exclusive mode');
    const snapshot = await snapshots.open();
    const reading = idsIn(snapshot).then(
      () => 'read',
      () => 'ended',
    );
    await snapshot.end();
    expect(await reading).toBe('ended');
    await snapshot.end();
    await runner.rollbackTransaction();
    await runner.release();
    const next = await snapshots.open();
    expect(await idsIn(next)).toHaveLength(1);
    await next.end();
  });

  it('that are ended amid their reading leave no connection to the next that is of no use, or still reads', async () => {
    const { url, schema, dataSource } = database;
    const extra = { options: `-c search_path=${schema}`, max: 2, application_name: `aborts_${schema}` };
    const pool = new DataSource({ type: 'postgres', url, schema, extra });
    await pool.initialize();
    const locking = dataSource.createQueryRunner();
    const store = new TypeormSnapshotStore(pool, dataSource, typeormListStores, pino({ level: 'silent' }));
    const reading = `select 1 from pg_stat_activity where application_name = $1 and state = 'active'`;
    try {
      await locking.startTransaction();
      await locking.query('lock table activity_log in access exclusive mode');
      for (let aborted = 0; aborted < 100; aborted += 1) {
        const snapshot = await store.open();
        const read = idsIn(snapshot).then(
          () => 'read',
          () => 'ended',
        );
        // Before its statement was sent, and behind that.
        if (aborted % 2 === 0) await nextTurn();
        await snapshot.end();
        expect(await read).toBe('ended');
      }
      await until(async () => (await dataSource.query(reading, [extra.application_name])).length === 0);
    } finally {
      await locking.rollbackTransaction();
      await locking.release();
      await pool.destroy();
    }
  });
});
