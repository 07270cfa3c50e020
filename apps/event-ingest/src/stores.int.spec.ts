import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { inboxStoreConformance } from './inbox/inbox.store.conformance.js';
import { TypeormInboxStore } from './inbox/inbox.store.typeorm.js';
import { tenantBeginningStoreConformance } from './inbox/tenant-beginning.store.conformance.js';
import { TypeormTenantBeginningStore } from './inbox/tenant-beginning.store.typeorm.js';
import { Inbox1764000000000 } from './migrations/1764000000000-inbox.migration.js';
import { TenantBeginnings1764700000000 } from './migrations/1764700000000-tenant-beginnings.migration.js';
import { routedThroughStoreConformance } from './routing/routed-through.store.conformance.js';
import { TypeormRoutedThroughStore } from './routing/routed-through.store.typeorm.js';

let database: MigratedDatabase;

beforeAll(async () => {
  const migrations = [Inbox1764000000000, TenantBeginnings1764700000000];
  database = await createMigratedDatabase('ingest_stores', migrations);
});

afterAll(() => database.drop());

describe('the inbox in Postgres', () => {
  inboxStoreConformance(async () => {
    await database.dataSource.query('TRUNCATE inbox');
    return new TypeormInboxStore(database.dataSource);
  });
});

describe('the beginnings of tenants in Postgres', () => {
  tenantBeginningStoreConformance(async () => {
    await database.dataSource.query('TRUNCATE tenant_beginnings');
    return new TypeormTenantBeginningStore(database.dataSource);
  });
});

describe('routed-through in Postgres', () => {
  routedThroughStoreConformance(async () => {
    await database.dataSource.query('TRUNCATE routed_through');
    return new TypeormRoutedThroughStore(database.dataSource);
  });
});
