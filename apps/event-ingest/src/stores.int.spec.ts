import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe } from 'vitest';
import { inboxStoreConformance } from './inbox/inbox.store.conformance.js';
import { TypeormInboxStore } from './inbox/inbox.store.typeorm.js';
import { Inbox1764000000000 } from './migrations/1764000000000-inbox.migration.js';
import { routedThroughStoreConformance } from './routing/routed-through.store.conformance.js';
import { TypeormRoutedThroughStore } from './routing/routed-through.store.typeorm.js';

let database: DatabaseSchema;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabaseSchema('ingest_stores');
  dataSource = new DataSource({
    type: 'postgres',
    url: database.url,
    schema: database.schema,
    extra: { options: `-c search_path=${database.schema}` },
    migrations: [Inbox1764000000000],
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
});

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

describe('the inbox in Postgres', () => {
  inboxStoreConformance(async () => {
    await dataSource.query('TRUNCATE inbox');
    return new TypeormInboxStore(dataSource);
  });
});

describe('routed-through in Postgres', () => {
  routedThroughStoreConformance(async () => {
    await dataSource.query('TRUNCATE routed_through');
    return new TypeormRoutedThroughStore(dataSource);
  });
});
