import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import { DailyPartitions1764900000000 } from './1764900000000-daily-partitions.migration.js';

const TABLES = ['events', 'deliveries', 'attempts', 'activity_log'];
const BEFORE = auditService.migrations.slice(0, auditService.migrations.indexOf(DailyPartitions1764900000000));

/** Of the day before, of 20 days ago, and of a day that is far away. */
const FILL = `
  create temporary table times as select now() - interval '1 day' * d as at, d from unnest(array[1, 20, 4000]) as d;
  insert into events select 'ten_1', 'evt_' || d, 0, d, '/s', 't', null, null, at, 'http', 'routed', null, null,
    array['dlv_' || d], array['int_1'], null from times;
  insert into deliveries select 'dlv_' || d, 'ten_1', 'int_1', 'evt_' || d, '/s', 't', at, 'delivered', null, null, at,
    d, 1, 1 from times;
  insert into attempts select 'att_' || d, 'ten_1', 'int_1', 'dlv_' || d, null, 'evt_' || d, '/s', 't', at, 1, 1, 'event',
    'succeeded', 200, null, null, 1.5, null, null, false, 'POST', 'https://x', '[]', false, '[]', false,
    convert_to(repeat('x', 3000), 'UTF8'), null, null, null, 7, 0 from times;
  insert into activity_log select 'dec_' || d, 'ten_1', at, 'rul_1', 'rule', 1, 'denied', 'timeout', 'late', null, 2.5,
    false, 'bob', null, null, null from times;
  drop table times`;

describe('the migration to partitions of a day', () => {
  let database: MigratedDatabase;
  const query = (statement: string) => database.dataSource.query(statement);
  const rows = async () =>
    Promise.all(TABLES.map((table) => query(`select to_jsonb(${table}) as row from ${table} order by 1`)));
  const migrate = async (direction: 'up' | 'down') => {
    const runner = database.dataSource.createQueryRunner();
    await runner.connect();
    await new DailyPartitions1764900000000()[direction](runner);
    await runner.release();
  };

  beforeEach(async () => {
    database = await createMigratedDatabase('audit-partitions', BEFORE);
    const runner = database.dataSource.createQueryRunner();
    await runner.query(FILL);
    await runner.release();
  });
  afterEach(() => database.drop());

  it('keeps every row, in the partition of its day or in the default one, and goes back', async () => {
    const before = await rows();
    await migrate('up');
    expect(await rows()).toEqual(before);
    const [{ days }] = await query(
      `select array_agg(to_char((now() - interval '1 day' * d) at time zone 'UTC', 'YYYYMMDD')) as days
       from unnest(array[1, 20]) as d`,
    );
    for (const table of TABLES) {
      const found = await query(
        `select tableoid::regclass::text as partition from ${table} order by tableoid::regclass`,
      );
      const names = found.map(({ partition }: { partition: string }) => partition);
      expect(new Set(names)).toEqual(new Set([`${table}_default`, ...days.map((day: string) => `${table}_${day}`)]));
    }
    await migrate('down');
    expect(await rows()).toEqual(before);
  });

  it('goes back with one delivery an id, the one that was accepted last', async () => {
    await migrate('up');
    await query(`insert into deliveries select delivery_id, tenant_id, integration_id, event_id, event_source, event_type,
      now(), 'pending', null, null, null, -1, -1, -1 from deliveries where delivery_id = 'dlv_20'`);
    await migrate('down');
    expect(await query(`select status from deliveries where delivery_id = 'dlv_20'`)).toEqual([{ status: 'pending' }]);
  });
});
