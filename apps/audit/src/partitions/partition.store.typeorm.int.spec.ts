import { aDelivery, createMigratedDatabase, fixedClock, type MigratedDatabase } from '@hookstile/testing';
import pg from 'pg';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import {
  deliveryRecord,
  journaled,
  journalRecord,
  received,
  routingRecord,
  sampleAttempt,
  sampleHeld,
  sampleRouting,
} from '../project/sample-records.js';
import { typeormStores } from '../projection/audit.store.typeorm.js';
import { writeBatches } from '../projection/write-batches.js';
import { ALL_KEPT, type KeptDays, keptSinceMs } from './kept-since.js';
import { partitionStoreConformance } from './partition.store.conformance.js';
import { TypeormPartitionStore } from './partition.store.typeorm.js';
import { PartitionKeeper } from './partition-keeper.js';
import { PARTITIONED_TABLES, type PartitionedTable } from './partitioned-tables.js';
import { beginOf, DAY_MS, dayOf, partitionName, type UtcDay } from './utc-day.js';

const TENANT = 'ten_1';
/** Each test has days of its own, long before those that the migration makes, and before those of the test before it. */
const FIRST_TODAY = dayOf(Date.parse('2021-03-10T12:00:00Z'));
const DAYS_APART = 1_000;
const KEPT: KeptDays = { events: 30, attempts: 30, 'activity-log': 30 };
/** `check_violation` */
const PARTITION_CONSTRAINT = '23514';
const silent = {
  created: () => undefined,
  dropped: () => undefined,
  failed: () => undefined,
  observe: () => () => undefined,
};

describe('day partitions in Postgres', () => {
  let database: MigratedDatabase;
  let store: TypeormPartitionStore;
  let today = FIRST_TODAY;
  let puts = 0;
  const failures: string[] = [];

  beforeAll(async () => {
    database = await createMigratedDatabase('audit-days', auditService.migrations);
    store = new TypeormPartitionStore(database.dataSource);
  });
  beforeEach(async () => {
    failures.length = 0;
    today -= DAYS_APART;
    await query(`truncate ${PARTITIONED_TABLES.map(({ name }) => name).join(', ')}`);
  });
  afterAll(() => database.drop());

  const query = (statement: string) => database.dataSource.query(statement);
  const table = (name: string): PartitionedTable => {
    const found = PARTITIONED_TABLES.find((one) => one.name === name);
    if (!found) throw new Error(`there is no table ${name}`);
    return found;
  };
  const keeperOn = (day: number, kept = KEPT) => {
    const clock = { ...fixedClock(), nowMs: () => day * DAY_MS + DAY_MS / 2 };
    const metrics = { ...silent, failed: (name: string) => failures.push(name) };
    return new PartitionKeeper(store, kept, clock, pino({ level: 'silent' }), metrics);
  };
  const placesOf = async (name: string) => {
    const found = await query(`select tableoid::regclass::text as place from ${name} order by place`);
    return found.map(({ place }: { place: string }) => place);
  };

  /** An event of a day with its delivery and an attempt, or held where it is not to end. */
  async function write(
    day: number,
    outcome: 'delivered' | 'held' | 'none' = 'delivered',
    id = `evt_${day}`,
    since = ALL_KEPT,
  ) {
    const at = beginOf(day).replace('T00', 'T09');
    const delivery = aDelivery({ event: { tenantId: TENANT, id, acceptedAt: at }, sourceOffset: day });
    const about = { at, deliveries: [journaled(delivery, day)] };
    const journal = {
      delivered: [journalRecord(sampleAttempt(delivery, about))],
      held: [journalRecord(sampleHeld(delivery, about))],
      none: [],
    };
    const stores = typeormStores(database.dataSource, database.dataSource, database.dataSource);
    const flush = () =>
      writeBatches(
        stores.projections,
        [
          { topic: 'routings', records: [received(routingRecord(sampleRouting([delivery])), day)] },
          { topic: 'deliveries', records: [received(deliveryRecord(delivery), day)] },
          { topic: 'attempts', records: journal[outcome].map((record) => received(record, day)) },
        ],
        undefined,
        since,
      );
    // A row on its way into the default partition while its day gets one fails the flush; the projector repeats it.
    await flush().catch((error: { code?: string }) => {
      if (error.code !== PARTITION_CONSTRAINT) throw error;
      return flush();
    });
    return delivery.envelope.deliveryId;
  }

  partitionStoreConformance(() => ({
    store,
    day: today,
    put: async (day, open) => {
      puts += 1;
      const status = open ? 'held' : 'delivered';
      await query(`insert into deliveries (delivery_id, tenant_id, integration_id, event_id, event_source, event_type,
        accepted_at, status, delivery_offset, epoch, sequence)
        values ('dlv_${puts}', 'ten_1', 'int_1', 'evt_1', '/s', 't', '${beginOf(day)}', '${status}', 1, 1, 1)`);
    },
    daysOf: async () => {
      const found: { accepted_at: Date }[] = await query('select accepted_at from deliveries order by accepted_at');
      return found.map((row): UtcDay => dayOf(row.accepted_at.getTime()));
    },
  }));

  it('have rows of days to come go where they belong, and those that came before move there', async () => {
    await write(today);
    expect(await placesOf('attempts')).toEqual(['attempts_default']);
    await keeperOn(today).run();
    await write(today + 1);
    for (const name of ['events', 'deliveries', 'attempts']) {
      expect(await placesOf(name)).toEqual([partitionName(name, today), partitionName(name, today + 1)]);
    }
    // A replay finds the row where it is now.
    await write(today);
    expect(await placesOf('attempts')).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  it('have the indexes of their table, and its storage', async () => {
    await keeperOn(today).run();
    for (const { name } of PARTITIONED_TABLES) {
      const [{ own, whole }] = await query(`select
        (select count(*) from pg_index join pg_inherits on inhrelid = indexrelid
         where indrelid = '${partitionName(name, today)}'::regclass) as own,
        (select count(*) from pg_index where indrelid = '${name}'::regclass) as whole`);
      expect(own).toBe(whole);
    }
    const [{ reloptions }] = await query(
      `select reloptions from pg_class where oid = '${partitionName('deliveries', today)}'::regclass`,
    );
    expect(reloptions).toEqual(['fillfactor=90']);
  });

  it('compress bodies where the server can do so cheaply', async () => {
    await keeperOn(today).run();
    const [{ lz4 }] = await query(
      `select 'lz4' = any (enumvals) as lz4 from pg_settings where name = 'default_toast_compression'`,
    );
    const found = await query(
      `select distinct attstorage, attcompression from pg_attribute where attname in ('request_body', 'response_body')
       and attrelid in ('attempts'::regclass, 'attempts_default'::regclass, '${partitionName('attempts', today)}'::regclass)`,
    );
    expect(found).toEqual([lz4 ? { attstorage: 'x', attcompression: 'l' } : { attstorage: 'e', attcompression: '' }]);
  });

  it('are dropped past the retention of their kind, rows of the default one too, and those of others stay', async () => {
    for (const day of [today - 40, today - 31, today - 30, today - 2]) await write(day);
    await keeperOn(today - 30).run();
    await write(today - 500);
    const ofDays = (name: string, ...days: number[]) => days.map((day) => partitionName(name, day));
    await keeperOn(today, { ...KEPT, events: 0 }).run();
    expect(await placesOf('attempts')).toEqual(ofDays('attempts', today - 30, today - 2));
    expect(await placesOf('events')).toEqual([
      ...ofDays('events', today - 40, today - 31, today - 30, today - 2),
      'events_default',
    ]);
    await keeperOn(today).run();
    for (const name of ['events', 'deliveries', 'attempts']) {
      expect(await placesOf(name)).toEqual(ofDays(name, today - 30, today - 2));
    }
    // Replayed, they are there until the next run.
    await write(today - 40);
    expect(await placesOf('events')).toContain('events_default');
    await keeperOn(today).run();
    expect(await placesOf('events')).toEqual(ofDays('events', today - 30, today - 2));
    expect(failures).toEqual([]);
  });

  it('are brought back by no replay, in whatever parts and order, and nothing of them is counted again', async () => {
    await query('truncate projection_positions, stats_minutes, stats_hours, delivery_backlog');
    await keeperOn(today - 40).run();
    await write(today - 40);
    await keeperOn(today).run();
    const counted = () =>
      Promise.all(['stats_minutes', 'stats_hours', 'delivery_backlog'].map((name) => query(`select * from ${name}`)));
    const before = await counted();
    const since = keptSinceMs(KEPT, today * DAY_MS);
    for (const journal of ['delivered', 'none'] as const) {
      await write(today - 40, journal, undefined, since);
      await keeperOn(today).run();
    }
    for (const { name } of PARTITIONED_TABLES) expect(await placesOf(name)).toEqual([]);
    expect(await counted()).toEqual(before);
  });

  it('take what is read for the first time, however old it is', async () => {
    await query('truncate projection_positions');
    await keeperOn(today).run();
    await write(today - 40, 'held', undefined, keptSinceMs(KEPT, today * DAY_MS));
    await keeperOn(today).run();
    expect(await placesOf('deliveries')).toEqual(['deliveries_default']);
  });

  it('leave deliveries that have not ended, until they have', async () => {
    await keeperOn(today - 40).run();
    await write(today - 40, 'delivered', 'ended');
    const held = await write(today - 40, 'held', 'open');
    await keeperOn(today).run();
    const left = () => query('select delivery_id, status, tableoid::regclass::text as place from deliveries');
    expect(await left()).toEqual([{ delivery_id: held, status: 'held', place: 'deliveries_default' }]);
    await keeperOn(today + 1).run();
    expect(await left()).toHaveLength(1);
    await write(today - 40, 'delivered', 'open');
    await keeperOn(today + 1).run();
    expect(await left()).toEqual([{ delivery_id: held, status: 'held', place: 'deliveries_default' }]);
    await query(`update deliveries set status = 'delivered'`);
    await keeperOn(today + 1).run();
    expect(await left()).toEqual([]);
  });

  it('keep what was said of an open delivery while its day was being dropped', async () => {
    await keeperOn(today - 40).run();
    const id = await write(today - 40, 'none', 'open');
    await store.detach(table('deliveries'), today - 40);
    await write(today - 40, 'held', 'open');
    await keeperOn(today).run();
    expect(await query('select delivery_id, status from deliveries')).toEqual([{ delivery_id: id, status: 'held' }]);
  });

  it('give up where a reader holds on to the table, hold nobody up for long, and are dropped later', async () => {
    await keeperOn(today - 40).run();
    await write(today - 40);
    const reader = new pg.Client({ connectionString: database.url, options: `-c search_path=${database.schema}` });
    await reader.connect();
    try {
      await reader.query('begin; select * from attempts');
      const startedMs = performance.now();
      const kept = keeperOn(today).run();
      await write(today);
      await kept;
      expect(performance.now() - startedMs).toBeLessThan(10_000);
      expect(failures).toContain('attempts');
      expect(await placesOf('attempts')).toContain(partitionName('attempts', today - 40));
    } finally {
      await reader.end();
    }
    await keeperOn(today).run();
    expect(await placesOf('attempts')).not.toContain(partitionName('attempts', today - 40));
  });

  it('are kept by several processes at once, beside flushes, and lose no row', async () => {
    await keeperOn(today - 40).run();
    const flushes = (async () => {
      for (let n = 0; n < 20; n += 1) await write(today - 40 + (n % 5) * 10, 'delivered', `evt_${n}`);
    })();
    const processes = Array.from({ length: 3 }, (_, n) => keeperOn(today + n));
    for (let n = 0; n < 5; n += 1) await Promise.all(processes.map((one) => one.run()));
    await flushes;
    for (const one of processes) await one.run();
    const { attached, detached } = await store.partitionsOf(table('attempts'));
    expect(detached).toEqual([]);
    expect(Math.min(...attached)).toBeGreaterThanOrEqual(today - 28);
    expect(attached).toContain(today + 5);
    for (const name of ['events', 'deliveries', 'attempts']) expect(await placesOf(name)).toHaveLength(3 * 4);
  });
});
