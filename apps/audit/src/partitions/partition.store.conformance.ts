import { expect, it } from 'vitest';
import type { PartitionStore } from './partition.store.js';
import { PARTITIONED_TABLES, type PartitionedTable } from './partitioned-tables.js';
import type { UtcDay } from './utc-day.js';

export interface PartitionsUnderTest {
  store: PartitionStore;
  /** A day that nothing else is of, as are those around it. */
  day: UtcDay;
  /** Writes a row of the table of deliveries, which may be open. */
  put(day: UtcDay, open: boolean): Promise<void>;
  /** Days of the rows that a reader finds, in order. */
  daysOf(): Promise<UtcDay[]>;
}

const MANY = 1_000;

function deliveries(): PartitionedTable {
  const found = PARTITIONED_TABLES.find(({ name }) => name === 'deliveries');
  if (!found) throw new Error('deliveries are partitioned');
  return found;
}

export function partitionStoreConformance(make: () => PartitionsUnderTest): void {
  const table = deliveries();

  it('moves what the default partition has of a day into the one that is made of it', async () => {
    const { store, day, put, daysOf } = make();
    for (const one of [day, day, day + 1, day + 9]) await put(one, false);
    expect(await store.daysInDefault(table, day, day + 9, MANY)).toEqual([day, day + 1]);
    expect(await store.daysInDefault(table, day, day + 9, 1)).toEqual([day]);
    for (let twice = 0; twice < 2; twice += 1) expect(await store.create(table, day)).toBe('done');
    await put(day, false);
    expect(await store.countDefault(table, MANY)).toBe(2);
    expect(await store.countDefault(table, 1)).toBe(1);
    expect(await daysOf()).toEqual([day, day, day, day + 1, day + 9]);
    expect((await store.partitionsOf(table)).attached).toContain(day);
  });

  it('takes a day out at once, and then removes it but for what is open', async () => {
    const { store, day, put, daysOf } = make();
    await store.create(table, day);
    for (const open of [true, false, false]) await put(day, open);
    // Of a day that is attached, nothing is removed.
    await store.remove(table, day);
    expect(await daysOf()).toEqual([day, day, day]);
    await store.detach(table, day);
    expect((await store.partitionsOf(table)).detached).toContain(day);
    expect(await daysOf()).toEqual([]);
    for (let twice = 0; twice < 2; twice += 1) await store.remove(table, day);
    expect(await daysOf()).toEqual([day]);
    expect((await store.partitionsOf(table)).detached).not.toContain(day);
  });

  it('removes old rows of the default partition a few at a time, open ones much later', async () => {
    const { store, day, put, daysOf } = make();
    for (const [one, open] of [
      [day - 9, true],
      [day - 2, true],
      [day - 2, false],
      [day - 1, false],
      [day, false],
    ] as const) {
      await put(one, open);
    }
    const removed = () => store.removeFromDefault(table, day, day - 5, 2);
    expect([await removed(), await removed(), await removed()]).toEqual([2, 1, 0]);
    expect(await daysOf()).toEqual([day - 2, day]);
  });
}
