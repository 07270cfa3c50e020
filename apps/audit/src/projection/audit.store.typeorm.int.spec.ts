import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe } from 'vitest';
import { Views1764000000000 } from '../migrations/1764000000000-views.migration.js';
import { replayConformance } from './audit.store.conformance.js';
import { fakeStores } from './audit.store.fake.js';
import { typeormStores } from './audit.store.typeorm.js';

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
});
