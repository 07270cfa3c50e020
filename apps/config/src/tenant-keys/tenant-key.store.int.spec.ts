import { TypeormEventStore } from '@hookstile/event-store';
import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll } from 'vitest';
import { FirstTables1763798400000 } from '../migrations/first-tables.migration.js';
import { TenantKeys1795300000000 } from '../migrations/tenant-keys.migration.js';
import { tenantKeyStoreConformance } from './tenant-key.store.conformance.js';
import { TypeormTenantKeyStore } from './tenant-key.store.typeorm.js';

let database: DatabaseSchema;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabaseSchema('tenant_keys');
  const { url, schema } = database;
  dataSource = await new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations: [FirstTables1763798400000, TenantKeys1795300000000],
    migrationsRun: true,
  }).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

tenantKeyStoreConformance('Postgres', async () => {
  await dataSource.query(`TRUNCATE "${database.schema}".tenant_keys`);
  return {
    events: new TypeormEventStore(dataSource, database.schema),
    keys: new TypeormTenantKeyStore(dataSource, database.schema),
  };
});
