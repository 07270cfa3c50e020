import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll } from 'vitest';
import { eventStoreConformance } from './event.store.conformance.js';
import { TypeormEventStore } from './event.store.typeorm.js';
import { domainEventSchemaVersions, eventStoreTables } from './event-store-tables.js';

let database: DatabaseSchema;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabaseSchema('event_store');
  dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  const { schema } = database;
  for (const statement of [...eventStoreTables(schema), ...domainEventSchemaVersions(schema)])
    await dataSource.query(statement);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

eventStoreConformance('Postgres', async () => {
  await dataSource.query(`TRUNCATE "${database.schema}".domain_events, "${database.schema}".outbox`);
  return new TypeormEventStore(dataSource, database.schema);
});
