import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe } from 'vitest';
import { auditLogStoreConformance } from '../audit-log/audit-log.store.conformance.js';
import { deliveryStoreConformance } from '../deliveries/delivery.store.conformance.js';
import { eventLogStoreConformance } from '../event-log/event-log.store.conformance.js';
import { eventStoreConformance } from '../events/event.store.conformance.js';
import { Views1764000000000 } from '../migrations/1764000000000-views.migration.js';
import { replayConformance } from './audit.store.conformance.js';
import { fakeStores } from './audit.store.fake.js';
import { typeormStores } from './audit.store.typeorm.js';
import { projectionStoreConformance } from './projection.store.conformance.js';

const RUNS = 40;

describe('projections in Postgres', () => {
  let database: DatabaseSchema;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createDatabaseSchema('audit');
    const { url, schema } = database;
    const extra = { options: `-c search_path=${schema}` };
    dataSource = new DataSource({ type: 'postgres', url, schema, extra, migrations: [Views1764000000000] });
    await dataSource.initialize();
    await dataSource.runMigrations();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  replayConformance({ stores: () => typeormStores(dataSource), reference: fakeStores, runs: RUNS });
  projectionStoreConformance(() => typeormStores(dataSource));
  eventLogStoreConformance(() => typeormStores(dataSource));
  deliveryStoreConformance(() => typeormStores(dataSource));
  eventStoreConformance(() => typeormStores(dataSource));
  auditLogStoreConformance(() => typeormStores(dataSource));
});
