import { TypeormEventStore } from '@hookstile/event-store';
import { createDatabaseSchema, type DatabaseSchema } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll } from 'vitest';
import { DecisionRules1764500000000 } from '../migrations/decision-rules.migration.js';
import { DomainEventForms1764600000000 } from '../migrations/domain-event-forms.migration.js';
import { EventTypes1764900000000 } from '../migrations/event-types.migration.js';
import { FirstTables1763798400000 } from '../migrations/first-tables.migration.js';
import { OperationalEvents1795400000000 } from '../migrations/operational-events.migration.js';
import { StateBytes1795700000000 } from '../migrations/state-bytes.migration.js';
import { readModelStoreConformance } from './read-model.store.conformance.js';
import { TypeormReadModelStore } from './read-model.store.typeorm.js';

let database: DatabaseSchema;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabaseSchema('read_models');
  const { url, schema } = database;
  dataSource = await new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations: [
      FirstTables1763798400000,
      DecisionRules1764500000000,
      DomainEventForms1764600000000,
      EventTypes1764900000000,
      OperationalEvents1795400000000,
      StateBytes1795700000000,
    ],
    migrationsRun: true,
  }).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

readModelStoreConformance('Postgres', async () => {
  const tables = ['tenants', 'api_keys', 'integrations', 'decision_rules', 'event_types', 'integration_failures'];
  await dataSource.query(`TRUNCATE ${tables.map((table) => `"${database.schema}".${table}`).join(', ')}`);
  return {
    events: new TypeormEventStore(dataSource, database.schema),
    readModels: new TypeormReadModelStore(dataSource, database.schema),
  };
});
