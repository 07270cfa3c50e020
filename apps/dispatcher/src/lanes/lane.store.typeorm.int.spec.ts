import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll } from 'vitest';
import { dispatcherService } from '../dispatcher.module.js';
import { laneStoreConformance } from './lane.store.conformance.js';
import { TypeormLaneStore } from './lane.store.typeorm.js';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await createMigratedDatabase('lane-store', dispatcherService.migrations);
});

afterAll(() => database.drop());

laneStoreConformance('typeorm', async () => {
  await database.dataSource.query('TRUNCATE partition_lease, waiting_delivery, failure_run, signal_outbox');
  return {
    store: new TypeormLaneStore(database.dataSource),
    lease: async (partition, epoch) => {
      await database.dataSource.query('INSERT INTO partition_lease (partition, epoch) VALUES ($1, $2)', [
        partition,
        epoch,
      ]);
    },
  };
});
