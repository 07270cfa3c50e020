import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll } from 'vitest';
import { LanesAndLeases1763800000000 } from '../migrations/1763800000000-lanes-and-leases.migration.js';
import { leaseStoreConformance } from './lease.store.conformance.js';
import { TypeormLeaseStore } from './lease.store.typeorm.js';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await createMigratedDatabase('lease-store', [LanesAndLeases1763800000000]);
});

afterAll(() => database.drop());

leaseStoreConformance('typeorm', async () => {
  await database.dataSource.query('TRUNCATE partition_lease');
  return new TypeormLeaseStore(database.dataSource);
});
