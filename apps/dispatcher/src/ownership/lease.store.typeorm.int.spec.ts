import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll } from 'vitest';
import { dispatcherService } from '../dispatcher.module.js';
import { leaseStoreConformance } from './lease.store.conformance.js';
import { TypeormLeaseStore } from './lease.store.typeorm.js';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await createMigratedDatabase('lease-store', dispatcherService.migrations);
});

afterAll(() => database.drop());

leaseStoreConformance('typeorm', async () => {
  await database.dataSource.query('TRUNCATE partition_lease');
  return new TypeormLeaseStore(database.dataSource);
});
