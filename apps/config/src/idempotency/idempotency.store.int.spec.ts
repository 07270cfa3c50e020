import { TypeormEventStore } from '@hookstile/event-store';
import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FirstTables1763798400000 } from '../migrations/first-tables.migration.js';
import { IdempotencyKeys1795500000000 } from '../migrations/idempotency-keys.migration.js';
import { idempotencyStoreConformance } from './idempotency.store.conformance.js';
import { TypeormIdempotencyStore } from './idempotency.store.typeorm.js';

let database: DatabaseSchema;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabaseSchema('idempotency');
  const { url, schema } = database;
  dataSource = await new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations: [FirstTables1763798400000, IdempotencyKeys1795500000000],
    migrationsRun: true,
  }).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const create = async () => {
  await dataSource.query(`TRUNCATE "${database.schema}".idempotency_keys`);
  return {
    events: new TypeormEventStore(dataSource, database.schema),
    answers: new TypeormIdempotencyStore(dataSource, database.schema),
  };
};

idempotencyStoreConformance('Postgres', create);

it('a claim is refused, without a wait, while another transaction has it, and free when that ends', async () => {
  const { events, answers } = await create();
  const claims: boolean[] = [];
  const claimAgain = async (id: string) => {
    claims.push((await events.transaction(({ handle }) => answers.claim(handle, id))).result);
  };
  await events.transaction(async ({ handle }) => {
    claims.push(await answers.claim(handle, 'a'));
    await claimAgain('a');
    await claimAgain('b');
  });
  await claimAgain('a');
  expect(claims).toEqual([true, false, true, true]);
});
