import type { EncodedRecord } from '@hookstile/contracts';
import { aDelivery, createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import { Stats1765000000000 } from '../migrations/1765000000000-stats.migration.js';
import { TypeormPartitionStore } from '../partitions/partition.store.typeorm.js';
import { PARTITIONED_TABLES } from '../partitions/partitioned-tables.js';
import { beginOf, dayOf } from '../partitions/utc-day.js';
import {
  deliveryRecord,
  FAILED,
  journaled,
  journalRecord,
  received,
  sampleAttempt,
  sampleHeld,
} from '../project/sample-records.js';
import { fakeStores } from '../projection/audit.store.fake.js';
import type { AuditStores } from '../projection/audit.store.js';
import { typeormStores } from '../projection/audit.store.typeorm.js';
import { writeBatches } from '../projection/write-batches.js';
import { LATENCY_MAX_MS, latencyBucket, latencyBucketSql } from './latency-histogram.js';
import type { StatsQuery } from './stats.store.js';
import { statsOf } from './stats-item.js';

const RUNS = 7;
const TENANT = 'ten_stats';
const DAY_LENGTH_MS = 86_400_000;
const DAY_MS = Date.parse('2026-01-02T00:00:00.000Z');
const QUERY: StatsQuery = { integrationId: null, bucket: 'hour', fromMs: DAY_MS, toMs: DAY_MS + 86_400_000 };
const QUERIES: readonly StatsQuery[] = [QUERY, { ...QUERY, integrationId: 'int_1', bucket: 'minute' }];

const duration = fc.double({ min: 0, max: LATENCY_MAX_MS * 2, noNaN: true });
const attempts = fc.array(
  fc.record({ delivery: fc.nat(4), failed: fc.boolean(), held: fc.boolean(), durationMs: duration }),
  { minLength: 1, maxLength: 25 },
);
/** Each writer's flushes: which part of the records, perhaps parts that it has written before. */
const flushes = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 4 });
const histories = fc.record({ attempts, writers: fc.tuple(flushes, flushes) });
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;
interface Records {
  deliveries: EncodedRecord[];
  attempts: EncodedRecord[];
}

function recordsOf(history: History, tenantId: string): Records {
  const made = Array.from({ length: 5 }, (_, n) => aDelivery({ event: { tenantId, id: `evt_${n}` }, sourceOffset: n }));
  const journal = history.attempts.flatMap(({ delivery: which, failed, held, durationMs }, n) => {
    const delivery = made[which];
    if (!delivery) return [];
    const about = { sequence: n + 1, attempt: n + 1, deliveries: [journaled(delivery, which)] };
    const at = new Date(DAY_MS + n * 25 * 60_000).toISOString();
    if (held) return [journalRecord(sampleHeld(delivery, { ...about, at }))];
    return [journalRecord(sampleAttempt(delivery, { ...about, at, durationMs, ...(failed && FAILED) }))];
  });
  return { deliveries: made.map(deliveryRecord), attempts: journal };
}

async function write(stores: AuditStores, records: Records, from: number, to: number): Promise<void> {
  const part = (all: readonly EncodedRecord[]) =>
    all.map((record, offset) => received(record, offset)).slice(Math.min(from, to), Math.max(from, to) + 1);
  await writeBatches(stores.projections, [
    { topic: 'deliveries', records: part(records.deliveries) },
    { topic: 'attempts', records: part(records.attempts) },
  ]);
}

describe('statistics in Postgres', () => {
  let database: MigratedDatabase;
  let other: DataSource;
  const storesOf = (dataSource: DataSource) => typeormStores(dataSource, dataSource, dataSource);

  beforeAll(async () => {
    database = await createMigratedDatabase('audit-stats', auditService.migrations);
    const extra = { options: `-c search_path=${database.schema}` };
    other = new DataSource({ type: 'postgres', url: database.url, schema: database.schema, extra });
    await other.initialize();
  });
  afterAll(async () => {
    await other?.destroy();
    await database?.drop();
  });

  it('equal the rows where two processes write the same records at the same time, in parts and again', async () => {
    let run = 0;
    const property = fc.asyncProperty(histories, async (history) => {
      run += 1;
      const tenantId = `${TENANT}_${run}`;
      const records = recordsOf(history, tenantId);
      const reference = fakeStores();
      await write(reference, records, 0, Number.POSITIVE_INFINITY);
      const writers = [storesOf(database.dataSource), storesOf(other)];
      await Promise.all(
        writers.map(async (stores, n) => {
          for (const [from, to] of history.writers[n] ?? []) await write(stores, records, from, to);
          await write(stores, records, 0, Number.POSITIVE_INFINITY);
        }),
      );
      for (const query of QUERIES) {
        const shown = await storesOf(database.dataSource).stats.read(tenantId, query);
        expect(statsOf(query, shown)).toEqual(statsOf(query, await reference.stats.read(tenantId, query)));
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  }, 60_000);

  it('are made of the rows that were there before statistics were', async () => {
    const tenantId = `${TENANT}_before`;
    const stores = storesOf(database.dataSource);
    const attempt = { failed: false, held: false, durationMs: 12 };
    const attempts = [attempt, { ...attempt, failed: true }, { ...attempt, held: true }];
    const history = attempts.map((one, delivery) => ({ ...one, delivery }));
    await write(stores, recordsOf({ attempts: history, writers: [[], []] }, tenantId), 0, 9);
    const shown = async () => statsOf(QUERY, await stores.stats.read(tenantId, QUERY));
    const before = await shown();
    const migration = new Stats1765000000000();
    const runner = database.dataSource.createQueryRunner();
    await runner.startTransaction();
    await migration.down(runner);
    await migration.up(runner);
    await runner.commitTransaction();
    await runner.release();
    expect(before.items[0]).toMatchObject({ attempts: 2, succeeded: 1, failed: 1 });
    expect(before.items.at(-1)).toMatchObject({ backlog: 4 });
    expect(before.backlog).toMatchObject({ pending: 3, held: 1 });
    expect(await shown()).toEqual(before);
  });

  it('are removed where they are past their time', async () => {
    const { stats } = storesOf(database.dataSource);
    const left = () => database.dataSource.query('select min(at) as oldest from stats_hours');
    const hour = DAY_MS + 3_600_000;
    while ((await stats.removeBefore('hour', hour, 2)) > 0);
    const [{ oldest }] = await left();
    expect(oldest.getTime()).toBeGreaterThanOrEqual(hour);
  });

  it('count a delivery once whose day is dropped before it has ended, also if it changes meanwhile', async () => {
    const tenantId = `${TENANT}_moved`;
    const stores = storesOf(database.dataSource);
    const days = new TypeormPartitionStore(database.dataSource);
    const deliveries = PARTITIONED_TABLES.find(({ name }) => name === 'deliveries');
    const day = dayOf(Date.now()) + 2;
    const acceptedAt = beginOf(day);
    const [changed, same] = [1, 2].map((sourceOffset) =>
      aDelivery({ event: { tenantId, id: `evt_${sourceOffset}`, acceptedAt }, sourceOffset: 1_000 + sourceOffset }),
    );
    if (!deliveries || !changed || !same) throw new Error('all of them were made');
    const query: StatsQuery = { ...QUERY, bucket: 'day', fromMs: day * DAY_LENGTH_MS, toMs: (day + 1) * DAY_LENGTH_MS };
    const open = async () => {
      const { items, backlog } = statsOf(query, await stores.stats.read(tenantId, query));
      return [backlog.pending, backlog.held, items[0]?.backlog];
    };
    await write(stores, { deliveries: [changed, same].map(deliveryRecord), attempts: [] }, 0, 2);
    const failed = sampleAttempt(same, { ...FAILED, deliveries: [journaled(same, 1)], at: acceptedAt });
    await write(stores, { deliveries: [], attempts: [journalRecord(failed)] }, 0, 1);
    expect(await open()).toEqual([2, 0, 2]);
    await days.detach(deliveries, day);
    const held = sampleHeld(changed, { deliveries: [journaled(changed, 0)], at: acceptedAt });
    await write(stores, { deliveries: [], attempts: [journalRecord(held)] }, 0, 1);
    await days.remove(deliveries, day);
    expect(await open()).toEqual([1, 1, 2]);
    const delivered = sampleAttempt(same, { attempt: 2, deliveries: failed.deliveries, sequence: 2, at: acceptedAt });
    await write(stores, { deliveries: [], attempts: [journalRecord(delivered)] }, 0, 1);
    expect(await open()).toEqual([0, 1, 1]);
    await days.removeFromDefault(deliveries, day + 1, day + 1, 1_000);
    expect(await open()).toEqual([0, 0, 0]);
  });

  it('count a latency in the bucket that it is read back from', async () => {
    const durations = [0, 0.1, 0.10000001, 1, 250.5, LATENCY_MAX_MS, Number.POSITIVE_INFINITY];
    durations.push(...fc.sample(duration, { numRuns: 500, seed: 7 }));
    const found: { bucket: number }[] = await database.dataSource.query(
      `select ${latencyBucketSql('ms')} as bucket from unnest($1::float8[]) with ordinality as d (ms, n) order by n`,
      [durations],
    );
    expect(found.map(({ bucket }) => bucket)).toEqual(durations.map(latencyBucket));
  });
});
