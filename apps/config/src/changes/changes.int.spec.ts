import { Refusal } from '@hookstile/event-sourcing';
import { TypeormEventStore } from '@hookstile/event-store';
import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configService } from '../config.module.js';
import { TypeormReadModelStore } from '../read-models/read-model.store.typeorm.js';
import { foldIntoShadows } from '../rebuild/check.js';
import { Differences } from '../rebuild/differences.js';
import { ShadowTables } from '../rebuild/shadow-tables.js';
import { digested } from '../rebuild/topic-records.js';
import { TypeormTenantKeyStore } from '../tenant-keys/tenant-key.store.typeorm.js';
import { TenantKeys } from '../tenant-keys/tenant-keys.js';
import { fakeRing } from '../tenant-keys/tenant-secrets.fake.js';
import { type AnyCommand, anyCommand } from './any-commands.fake.js';
import { Changes } from './changes.js';
import { SYSTEM_ORIGIN } from './origin.js';

const PARTITIONS = 12;
const RUNS = 40;
const COMMANDS_MAX = 30;
const TIMEOUT_MS = 120_000;
const UNIQUE_VIOLATION = '23505';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await createMigratedDatabase('changes', configService.migrations);
});
afterAll(() => database?.drop());

function changesOf({ dataSource, schema }: MigratedDatabase) {
  const readModels = new TypeormReadModelStore(dataSource, schema);
  const relay = { published: async () => true, waiting: 0 };
  const keys = new TenantKeys(new TypeormTenantKeyStore(dataSource, schema), fakeRing(), () => 0);
  return new Changes(new TypeormEventStore(dataSource, schema), readModels, relay, PARTITIONS, keys);
}

/** A refusal, or a name that is another's, changes nothing; that it does not is part of the property. */
async function carryOut(changes: Changes, { carryOut: work }: AnyCommand): Promise<void> {
  await changes.run(SYSTEM_ORIGIN, work).catch((error: unknown) => {
    const code = (error as { driverError?: { code?: unknown } }).driverError?.code;
    if (!(error instanceof Refusal) && code !== UNIQUE_VIOLATION) throw error;
  });
}

/** What differs between the read models, the newest record of each key in the outbox, and a fold of all domain events. */
async function differencesFromFold({ url, schema }: MigratedDatabase) {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  try {
    const shadows = new ShadowTables(client, schema);
    const differences = new Differences(client, schema);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await shadows.create();
    await differences.create();
    await foldIntoShadows({ client, schema }, shadows);
    await shadows.flush();
    const { rows } = await client.query(
      `SELECT id, key, headers, value FROM outbox WHERE topic = 'configuration' ORDER BY id`,
    );
    await shadows.addFound(
      rows.map(({ id, key, headers, value }) => {
        const { version, deleted } = JSON.parse(value.toString('utf8'));
        return { ...digested({ key, headers, value }, version), offset: Number(id), deleted };
      }),
    );
    await differences.compareReadModels();
    await differences.compareRecords();
    return (await differences.compared()).filter(({ differing }) => differing.length > 0);
  } finally {
    await client.end();
  }
}

it('whatever commands are given: read models and records are the fold of the domain events', {
  timeout: TIMEOUT_MS,
}, async () => {
  const changes = changesOf(database);
  const tables = ['domain_events', 'outbox', 'tenants', 'api_keys', 'integrations', 'decision_rules', 'event_types'];
  let events = 0;
  const property = fc.asyncProperty(fc.array(anyCommand, { maxLength: COMMANDS_MAX }), async (commands) => {
    await database.dataSource.query(`TRUNCATE ${tables.join(', ')}`);
    for (const command of commands) await carryOut(changes, command);
    expect(await differencesFromFold(database)).toEqual([]);
    const [row] = await database.dataSource.query('SELECT count(*)::integer AS count FROM domain_events');
    events += row.count;
  });
  await fc.assert(property, { numRuns: RUNS });
  expect(events).toBeGreaterThan(RUNS);
});
