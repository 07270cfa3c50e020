import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll } from 'vitest';
import { LanesAndLeases1763800000000 } from '../migrations/1763800000000-lanes-and-leases.migration.js';
import { leaseStoreConformance } from './lease.store.conformance.js';
import { TypeormLeaseStore } from './lease.store.typeorm.js';

let database: DatabaseSchema;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabaseSchema('lease-store');
  const { url, schema } = database;
  const migrations = [LanesAndLeases1763800000000];
  dataSource = new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations,
    extra: { options: `-c search_path=${schema}` },
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

leaseStoreConformance('typeorm', async () => {
  await dataSource.query('TRUNCATE partition_lease');
  return new TypeormLeaseStore(dataSource);
});
