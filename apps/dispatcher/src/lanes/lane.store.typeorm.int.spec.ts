import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll } from 'vitest';
import { LanesAndLeases1763800000000 } from '../migrations/1763800000000-lanes-and-leases.migration.js';
import { laneStoreConformance } from './lane.store.conformance.js';
import { TypeormLaneStore } from './lane.store.typeorm.js';

let database: DatabaseSchema;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabaseSchema('lane-store');
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

laneStoreConformance('typeorm', async () => {
  await dataSource.query('TRUNCATE partition_lease, waiting_delivery, failure_run, signal_outbox');
  return {
    store: new TypeormLaneStore(dataSource),
    lease: async (partition, epoch) => {
      await dataSource.query('INSERT INTO partition_lease (partition, epoch) VALUES ($1, $2)', [partition, epoch]);
    },
  };
});
