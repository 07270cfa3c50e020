import { setTimeout as pause } from 'node:timers/promises';
import { aDelivery, createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import { journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { typeormStores } from '../projection/audit.store.typeorm.js';
import { TAKE_FLUSH_NUMBER } from '../projection/flush-number.js';
import { writeBatches } from '../projection/write-batches.js';
import { endOf, type TailPosition } from './tail-position.js';

const WRITERS = 4;
const FLUSHES_OF_A_WRITER = 25;
const TENANT = 'ten_1';

describe('the tail of a log that several processes write', () => {
  let database: MigratedDatabase;
  let stores: AuditStores;

  beforeAll(async () => {
    database = await createMigratedDatabase('audit', auditService.migrations);
    stores = typeormStores(database.dataSource, database.dataSource, database.dataSource);
  });
  afterAll(() => database.drop());

  const flush = (ids: readonly string[]) => {
    const records = ids.map((id, n) => {
      const attempt = sampleAttempt(aDelivery({ event: { tenantId: TENANT, id } }));
      return received(journalRecord(attempt, 'in', 'out'), n);
    });
    return writeBatches(stores.projections, [{ topic: 'attempts', records }]);
  };
  const horizon = async (): Promise<number> => (await stores.tail.horizon()) ?? horizon();

  it('waits for a flush that has its number and is not committed, and not for other transactions', async () => {
    const start = await horizon();
    const slow = database.dataSource.createQueryRunner();
    const stranger = database.dataSource.createQueryRunner();
    await Promise.all([slow.startTransaction(), stranger.startTransaction()]);
    try {
      await stranger.query('create table stranger (n integer)');
      for (const statement of TAKE_FLUSH_NUMBER.split(';')) await slow.query(statement);
      await flush(['behind_a_slow_one']);
      expect(await horizon()).toBe(start);
      expect(await stores.tail.behind([TENANT], endOf(start), await horizon(), 10)).toEqual([]);
      await slow.commitTransaction();
      expect(await horizon()).toBe(start + 2);
      expect(await stores.tail.behind([TENANT], endOf(start), await horizon(), 10)).toHaveLength(1);
    } finally {
      await stranger.rollbackTransaction();
      await Promise.all([slow.release(), stranger.release()]);
    }
  });

  it('tells of no horizon while a flush has shown itself and not its number', async () => {
    const slow = database.dataSource.createQueryRunner();
    await slow.startTransaction();
    try {
      await slow.query(TAKE_FLUSH_NUMBER.split(';')[0] ?? '');
      expect(await stores.tail.horizon()).toBeNull();
    } finally {
      await slow.rollbackTransaction();
      await slow.release();
    }
  });

  it('shows every attempt once, in one order, while flushes commit in any order', async () => {
    await database.dataSource.query(
      `create function hold_up() returns trigger language plpgsql as
       $$ begin perform pg_sleep(random() * 0.03); return null; end $$`,
    );
    await database.dataSource.query(
      'create trigger hold_up after insert on attempts for each statement execute function hold_up()',
    );
    const start = endOf(await horizon());
    let writing = WRITERS;
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let n = 0; n < FLUSHES_OF_A_WRITER; n += 1) await flush([`w${writer}_${n}_a`, `w${writer}_${n}_b`]);
      writing -= 1;
    });
    const seen: string[] = [];
    let position: TailPosition = start;
    for (let last = false; ; last = writing === 0) {
      const until = await stores.tail.horizon();
      if (until !== null) {
        // Three at a time: pages end in the middle of flushes.
        for (let full = true; full; ) {
          const rows = await stores.tail.behind([TENANT], position, until, 3);
          seen.push(...rows.map(({ line }) => line.eventId));
          position = rows.at(-1)?.position ?? position;
          full = rows.length === 3;
        }
        if (last) break;
      }
      await pause(1);
    }
    await Promise.all(writers);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(WRITERS * FLUSHES_OF_A_WRITER * 2);
    const again = await stores.tail.behind([TENANT], start, await horizon(), 1_000);
    expect(again.map(({ line }) => line.eventId)).toEqual(seen);
  });
});
