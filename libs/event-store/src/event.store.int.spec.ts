import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

it('has each statement of a change parsed once a connection, and goes on where a migration adds a column', async () => {
  const { url, schema } = database;
  const table = `"${schema}".domain_events`;
  const pool = await new DataSource({ type: 'postgres', url, poolSize: 1 }).initialize();
  const store = new TypeormEventStore(pool, schema);
  const lamp = { aggregate: 'lamp', id: 'lamp_of_a_migration' };
  const lit = { type: 'LampLit', at: '2026-01-02T03:04:05.678Z', schemaVersion: 1, data: {}, metadata: {} };
  const light = () => store.transaction(async (tx) => tx.append(lamp, (await tx.load(lamp)).length, [lit]));
  try {
    await light();
    await dataSource.query(`ALTER TABLE ${table} ADD COLUMN of_a_newer_release text`);
    expect((await light()).result).toMatchObject([{ version: 2 }]);
    const kept = await pool.query(
      'SELECT name, generic_plans + custom_plans AS runs FROM pg_prepared_statements ORDER BY name',
    );
    expect(kept).toEqual(['append', 'load-stream', 'pg_advisory_xact_lock'].map((name) => ({ name, runs: '2' })));
  } finally {
    await dataSource.query(`ALTER TABLE ${table} DROP COLUMN of_a_newer_release`);
    await pool.destroy();
  }
});
