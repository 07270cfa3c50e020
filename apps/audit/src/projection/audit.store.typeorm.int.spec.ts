import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { auditService } from '../audit.module.js';
import { auditLogStoreConformance } from '../audit-log/audit-log.store.conformance.js';
import { deliveryStoreConformance } from '../deliveries/delivery.store.conformance.js';
import { eventLogStoreConformance } from '../event-log/event-log.store.conformance.js';
import { eventStoreConformance } from '../events/event.store.conformance.js';
import { replayConformance } from './audit.store.conformance.js';
import { fakeStores } from './audit.store.fake.js';
import { typeormStores } from './audit.store.typeorm.js';
import { projectionStoreConformance } from './projection.store.conformance.js';

const RUNS = 40;

describe('projections in Postgres', () => {
  let database: MigratedDatabase;
  const stores = () => typeormStores(database.dataSource, database.dataSource);

  beforeAll(async () => {
    database = await createMigratedDatabase('audit', auditService.migrations);
  });
  afterAll(() => database.drop());

  replayConformance({ stores, reference: fakeStores, runs: RUNS });
  projectionStoreConformance(stores);
  eventLogStoreConformance(stores);
  deliveryStoreConformance(stores);
  eventStoreConformance(stores);
  auditLogStoreConformance(stores);
});
