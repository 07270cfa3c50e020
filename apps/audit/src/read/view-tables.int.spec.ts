import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import { TypeormDeliveryStore } from '../deliveries/delivery.store.typeorm.js';
import { TypeormEventStore } from '../events/event.store.typeorm.js';
import { ViewReader } from './view-reader.js';
import { VIEWS } from './view-tables.js';

/** Partitions are their table's. */
const WITH_A_TENANT = `select table_name as name from information_schema.columns
  join pg_class on oid = (quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass
  where table_schema = current_schema() and column_name = 'tenant_id' and not relispartition order by 1`;

const AT = '2026-01-02T03:04:05Z';

/** What no topic brings about: rows of one delivery, said to be of one tenant and of another. */
const ROWS = [
  `insert into events (tenant_id, event_id, source_partition, source_offset, accepted_at, via, outcome, delivery_ids,
     integration_ids) values ('ten_own', 'evt_1', 0, 0, '${AT}', 'http', 'routed', '{dlv_own,dlv_foreign}', '{i,i}')`,
  ...['own', 'foreign'].map(
    (tenant, offset) => `insert into deliveries (delivery_id, tenant_id, integration_id, event_id, event_source,
      event_type, accepted_at, status, delivery_offset, epoch, sequence)
      values ('dlv_${tenant}', 'ten_${tenant}', 'i', 'evt_1', '/s', 't', '${AT}', 'delivered', ${offset}, 1, 1)`,
  ),
  ...['own', 'foreign'].map(
    (tenant) => `insert into attempts (attempt_id, tenant_id, integration_id, delivery_id, delivery_ids, event_id,
      event_source, event_type, at, epoch, attempt, trigger, outcome, duration_ms, late, method, url, request_headers,
      request_truncated, response_truncated)
      values ('att_${tenant}', 'ten_${tenant}', 'i', 'dlv_${tenant}', '{dlv_own,dlv_foreign}', 'evt_1', '/s', 't', '${AT}', 1,
      1, 'event', 'succeeded', 1, false, 'POST', 'https://x', '[]', false, false)`,
  ),
];

describe('the views of a tenant', () => {
  let database: MigratedDatabase;
  const page = { limit: 10, after: null };

  beforeAll(async () => {
    database = await createMigratedDatabase('audit', auditService.migrations);
    for (const row of ROWS) await database.dataSource.query(row);
  });
  afterAll(() => database.drop());

  it('are all tables whose rows have a tenant', async () => {
    const found: { name: string }[] = await database.dataSource.query(WITH_A_TENANT);
    expect(found.map(({ name }) => name)).toEqual([...VIEWS.names].sort());
  });

  it('show nothing of rows that another tenant has under the same ids', async () => {
    const views = new ViewReader(database.dataSource);
    const deliveries = new TypeormDeliveryStore(views);
    const { rows } = await deliveries.list('ten_own', {}, page);
    expect(rows.map(({ deliveryId, attemptCount }) => [deliveryId, attemptCount])).toEqual([['dlv_own', 1]]);
    expect(await deliveries.get('ten_own', 'dlv_foreign')).toBeNull();
    const events = await new TypeormEventStore(views).list('ten_own', {}, page);
    expect(events.rows[0]?.deliveries.map(({ deliveryId, status }) => [deliveryId, status])).toEqual([
      ['dlv_own', 'delivered'],
      // The event names it; whatever became of it is not this tenant's to know.
      ['dlv_foreign', 'pending'],
    ]);
  });
});
