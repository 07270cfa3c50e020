import { createMigratedDatabase, type MigratedDatabase, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventIngestService } from './event-ingest.module.js';
import { inboxStoreConformance } from './inbox/inbox.store.conformance.js';
import { TypeormInboxStore } from './inbox/inbox.store.typeorm.js';
import { settlementConformance } from './inbox/settlement.conformance.js';
import { tenantBeginningStoreConformance } from './inbox/tenant-beginning.store.conformance.js';
import { TypeormTenantBeginningStore } from './inbox/tenant-beginning.store.typeorm.js';
import { routedThroughStoreConformance } from './routing/routed-through.store.conformance.js';
import { TypeormRoutedThroughStore } from './routing/routed-through.store.typeorm.js';

let database: MigratedDatabase;

beforeAll(async () => {
  const { migrations } = eventIngestService;
  database = await createMigratedDatabase('ingest_stores', migrations);
});

afterAll(() => database.drop());

describe('the inbox in Postgres', () => {
  const open = async () => {
    await database.dataSource.query('TRUNCATE inbox, inbox_rejections');
    return new TypeormInboxStore(database.dataSource);
  };
  inboxStoreConformance(open);
  settlementConformance(open);
});

describe('the beginnings of tenants in Postgres', () => {
  tenantBeginningStoreConformance(async () => {
    await database.dataSource.query('TRUNCATE tenant_beginnings');
    return new TypeormTenantBeginningStore(database.dataSource);
  });
});

describe.each(['routed_through', 'redeliveries_routed_through'] as const)('%s in Postgres', (table) => {
  routedThroughStoreConformance(async () => {
    await database.dataSource.query(`TRUNCATE ${table}`);
    return new TypeormRoutedThroughStore(database.dataSource, table);
  });
});

/** Runs `remove` while a row that it would remove is being renewed: it must wait for that, and see it. */
async function removedWhile(renew: string, parameters: unknown[], remove: () => Promise<number>): Promise<number> {
  const removing = await database.dataSource.transaction(async (manager) => {
    await manager.query(renew, parameters);
    const answer = remove();
    const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation IS NULL`;
    await until(async () => (await manager.query(waiting)).length > 0, { what: 'the removal waits for the row' });
    return { answer };
  });
  return removing.answer;
}

describe('a row that is renewed at the moment when it would be removed', () => {
  const OLD_MS = 60_000;
  const BEFORE_MS = 600_000;

  test('stays in the inbox', async () => {
    await database.dataSource.query('TRUNCATE inbox, inbox_rejections');
    const store = new TypeormInboxStore(database.dataSource);
    const entry = { key: 'a'.repeat(32), sourcePartition: 0, sourceOffset: 1, bodyHash: 'b'.repeat(32) };
    await store.claim([entry], OLD_MS);
    const renew = 'UPDATE inbox SET received_minute = 1000';
    expect(await removedWhile(renew, [], () => store.removeOlderThan(BEFORE_MS, 10))).toBe(0);
    const holders = await store.claim([{ ...entry, sourceOffset: 2 }], BEFORE_MS);
    expect(holders.get(entry.key)).toEqual(entry);
  });

  test('stays among the beginnings of tenants', async () => {
    await database.dataSource.query('TRUNCATE tenant_beginnings');
    const store = new TypeormTenantBeginningStore(database.dataSource);
    const refused = { tenantId: 'ten_1', sourcePartition: 0, refusedThrough: 8, begun: false };
    await store.settle([refused], OLD_MS);
    const renew = 'UPDATE tenant_beginnings SET seen_minute = 1000';
    expect(await removedWhile(renew, [], () => store.removeOlderThan(BEFORE_MS, 10))).toBe(0);
    expect(await store.settle([{ ...refused, refusedThrough: 1 }], BEFORE_MS)).toEqual([refused]);
  });
});
