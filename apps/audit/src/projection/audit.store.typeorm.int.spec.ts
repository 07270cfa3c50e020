import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityLogStoreConformance } from '../activity-log/activity-log.store.conformance.js';
import { auditService } from '../audit.module.js';
import { auditLogStoreConformance } from '../audit-log/audit-log.store.conformance.js';
import { deliveryStoreConformance } from '../deliveries/delivery.store.conformance.js';
import { TypeormDeliveryStore } from '../deliveries/delivery.store.typeorm.js';
import { eventLogStoreConformance } from '../event-log/event-log.store.conformance.js';
import { eventStoreConformance } from '../events/event.store.conformance.js';
import { ViewReader } from '../read/view-reader.js';
import { statsStoreConformance } from '../stats/stats.store.conformance.js';
import { tailStoreConformance } from '../tail/tail.store.conformance.js';
import { replayConformance } from './audit.store.conformance.js';
import { fakeStores } from './audit.store.fake.js';
import { typeormStores } from './audit.store.typeorm.js';
import { projectionStoreConformance } from './projection.store.conformance.js';
import { projectorConformance } from './projector.conformance.js';

const RUNS = 20;
const ABREAST_RUNS = 10;

/** Half of them of batches, and of a day that the suite's other rows are of, too. */
const MANY_ATTEMPTS = `insert into attempts (attempt_id, tenant_id, integration_id, delivery_id, delivery_ids, event_id,
    event_source, event_type, at, epoch, attempt, trigger, outcome, duration_ms, late, method, url, request_headers,
    request_truncated, response_truncated)
  select 'att_' || n, 'ten_many', 'int_1', 'dlv_' || n, case when n % 2 = 0 then array['dlv_' || n, 'dlv_x' || n] end,
    'evt_' || n, '/s', 't', '2026-01-02T03:04:06Z', 1, 1, 'event', 'succeeded', 1, false, 'POST', 'https://x', '[]',
    false, false from generate_series(1, 20000) as n`;

class ExplainedReader extends ViewReader {
  plan = '';

  protected override async sendPrepared<Row extends object>(
    name: string,
    text: string,
    parameters: readonly unknown[],
  ) {
    const lines = await super.send<{ 'QUERY PLAN': string }>(`explain ${text}`, parameters);
    this.plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    return super.sendPrepared<Row>(name, text, parameters);
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
  projectorConformance({ stores, reference: fakeStores, runs: ABREAST_RUNS });
  projectionStoreConformance(stores);
  eventLogStoreConformance(stores);
  tailStoreConformance(stores);
  statsStoreConformance(stores);
  deliveryStoreConformance(stores);
  eventStoreConformance(stores);
  auditLogStoreConformance(stores);
  activityLogStoreConformance(stores);

  it('counts attempts by indexes, those of batches too, however many others were of batches', async () => {
    await database.dataSource.query(MANY_ATTEMPTS);
    await database.dataSource.query('analyze attempts');
    const views = new ExplainedReader(database.dataSource);
    const { rows } = await new TypeormDeliveryStore(views).list('ten_1', {}, { limit: 10, after: null });
    expect(rows).not.toEqual([]);
    expect(views.plan).toMatch(/Index Cond: \(delivery_ids && /);
    expect(views.plan).toMatch(/Index Cond: \(substr\(delivery_id, 5, 7\) = ANY /);
  });
});
