import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityLogStoreConformance } from '../activity-log/activity-log.store.conformance.js';
import { auditService } from '../audit.module.js';
import { auditLogStoreConformance } from '../audit-log/audit-log.store.conformance.js';
import { deliveryStoreConformance } from '../deliveries/delivery.store.conformance.js';
import { TypeormDeliveryStore } from '../deliveries/delivery.store.typeorm.js';
import { eventLogStoreConformance } from '../event-log/event-log.store.conformance.js';
import { eventStoreConformance } from '../events/event.store.conformance.js';
import { ViewReader } from '../read/view-reader.js';
import { tailStoreConformance } from '../tail/tail.store.conformance.js';
import { replayConformance } from './audit.store.conformance.js';
import { fakeStores } from './audit.store.fake.js';
import { typeormStores } from './audit.store.typeorm.js';
import { projectionStoreConformance } from './projection.store.conformance.js';

const RUNS = 40;

class ExplainedReader extends ViewReader {
  plan = '';

  override async query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    const lines = await super.query<{ 'QUERY PLAN': string }>(`explain ${statement}`, parameters);
    this.plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    return super.query(statement, parameters);
  }
}

describe('projections in Postgres', () => {
  let database: MigratedDatabase;
  const stores = () => typeormStores(database.dataSource, database.dataSource, database.dataSource);

  beforeAll(async () => {
    database = await createMigratedDatabase('audit', auditService.migrations);
  });
  afterAll(() => database.drop());

  replayConformance({ stores, reference: fakeStores, runs: RUNS });
  projectionStoreConformance(stores);
  eventLogStoreConformance(stores);
  tailStoreConformance(stores);
  deliveryStoreConformance(stores);
  eventStoreConformance(stores);
  auditLogStoreConformance(stores);
  activityLogStoreConformance(stores);

  it('counts attempts by indexes, those of batches too, however many others were of batches', async () => {
    const { url, schema } = database;
    // So that a table that is nearly empty is planned as a full one is.
    const extra = { options: `-c search_path=${schema} -c enable_seqscan=off` };
    const indexed = new DataSource({ type: 'postgres', url, extra });
    await indexed.initialize();
    try {
      const views = new ExplainedReader(indexed);
      await new TypeormDeliveryStore(views).list('ten_1', {}, { limit: 10, after: null });
      expect(views.plan).toMatch(/Index Cond: \(delivery_ids @> /);
    } finally {
      await indexed.destroy();
    }
  });
});
