import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll, describe } from 'vitest';
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
