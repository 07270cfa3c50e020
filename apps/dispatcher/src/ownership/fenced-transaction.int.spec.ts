import { createMigratedDatabase, type MigratedDatabase, until } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { dispatcherService } from '../dispatcher.module.js';
import { fencedTransaction } from './fenced-transaction.js';
import { LEASE_TERM_MS } from './lease.bounds.js';
import { TypeormLeaseStore } from './lease.store.typeorm.js';

const fence = { partition: 1, epoch: 1 };

let database: MigratedDatabase;
let leases: TypeormLeaseStore;

beforeAll(async () => {
  database = await createMigratedDatabase('fenced', [...dispatcherService.migrations]);
});

afterAll(() => database.drop());

beforeEach(async () => {
  await database.dataSource.query('TRUNCATE partition_lease');
  leases = new TypeormLeaseStore(database.dataSource);
  await leases.take(await leases.see([1]), { name: 'former', address: null });
});

/** A fenced write that has begun and does not end before it is told to. */
async function begunWrite() {
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const done = fencedTransaction(database.dataSource, [fence], async (holds, query) => {
    if (holds(fence)) await query("INSERT INTO failure_run VALUES ('int_late', 1, 1, 0, NULL, NULL, 1)", []);
    begun.resolve();
    await goOn.promise;
  });
  done.catch(() => undefined);
  await begun.promise;
  return { done, goOn: goOn.resolve };
}

const lateRows = () => database.dataSource.query("SELECT FROM failure_run WHERE integration_id = 'int_late'");

it('a successor takes over only when a write that had begun has ended, and then finds what it wrote', async () => {
  const write = await begunWrite();
  let taken = false;
  const taking = leases.take(await leases.see([1]), { name: 'successor', address: null }).then((leased) => {
    taken = leased.length === 1;
  });
  await waiting();
  expect(taken).toBe(false);
  write.goOn();
  expect(await write.done).toEqual([]);
  await taking;
  expect([taken, (await lateRows()).length]).toEqual([true, 1]);
  await database.dataSource.query('DELETE FROM failure_run');
});

it('a renewal of the own lease does not wait for a write that has begun', async () => {
  const write = await begunWrite();
  expect([...(await leases.renew([{ fence, checkpoint: null }], null))]).toEqual([1]);
  expect(await database.dataSource.query(WAITING)).toEqual([]);
  write.goOn();
  await write.done;
  await database.dataSource.query('DELETE FROM failure_run');
});

it('a process that stops inside a write commits nothing of it, and its successor waits for less than a term', async () => {
  const write = await begunWrite();
  const seen = await leases.see([1]);
  const startedMs = performance.now();
  await until(async () => (await leases.take(seen, { name: 'successor', address: null })).length === 1);
  expect(performance.now() - startedMs).toBeLessThan(LEASE_TERM_MS);
  write.goOn();
  await expect(write.done).rejects.toThrow();
  expect(await lateRows()).toEqual([]);
});

it('a write that waits for a lock gives up in less than a term', async () => {
  const holder = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  const runner = holder.createQueryRunner();
  await runner.query(`BEGIN; LOCK TABLE ${database.schema}.failure_run`);
  const startedMs = performance.now();
  const write = fencedTransaction(database.dataSource, [fence], async (_, query) => {
    await query('DELETE FROM failure_run', []);
  });
  await expect(write).rejects.toThrow('lock timeout');
  expect(performance.now() - startedMs).toBeLessThan(LEASE_TERM_MS);
  await runner.query('ROLLBACK');
  await runner.release();
  await holder.destroy();
});

/** Statements of this schema's sessions that wait for a lock. */
const WAITING = `
  SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active' AND query LIKE '%partition_lease%'
    AND pid <> pg_backend_pid() AND datname = current_database()`;

const waiting = () => until(async () => (await database.dataSource.query(WAITING)).length > 0);
