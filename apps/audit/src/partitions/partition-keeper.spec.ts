import { fixedClock } from '@hookstile/testing';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { FakePartitionStore } from './partition.store.fake.js';
import { PartitionKeeper } from './partition-keeper.js';
import { PARTITIONED_TABLES } from './partitioned-tables.js';
import { DAYS_AHEAD, FAILING_ALARM_MS, REMOVED_MAX_BATCHES, REMOVED_MAX_ROWS } from './partitions.bounds.js';
import { DAY_MS, dayOf, dayOfPartition, partitionName, type UtcDay } from './utc-day.js';

const TODAY = dayOf(Date.parse('2026-03-10T12:00:00Z'));
const KEPT = { events: 30, attempts: 7, 'activity-log': 0 };

describe('the keeper of day partitions', () => {
  const made = () => {
    const store = new FakePartitionStore();
    const failed: string[] = [];
    const lines: { level: number }[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const times = { monotonicMs: 0 };
    const clock = { ...fixedClock(), nowMs: () => TODAY * DAY_MS, monotonicMs: () => times.monotonicMs };
    const metrics = {
      created: () => undefined,
      dropped: () => undefined,
      failed: (table: string) => failed.push(table),
      observe: () => () => undefined,
    };
    return { store, failed, lines, times, keeper: new PartitionKeeper(store, KEPT, clock, logger, metrics) };
  };
  /** What was done to a table, with days counted from today. */
  const of = ({ changes }: FakePartitionStore, table: string) =>
    changes
      .map((line) => line.split(' '))
      .filter(([, name]) => name === table)
      .map(([what, name, day]) => `${what} ${name} ${Number(day) - TODAY}`);
  const attached = async (store: FakePartitionStore, ...days: UtcDay[]) => {
    for (const table of PARTITIONED_TABLES) for (const day of days) await store.create(table, day);
    store.changes.length = 0;
  };

  it('makes the days ahead, and those that the default partition holds rows of, but for what is past its retention', async () => {
    const { store, keeper } = made();
    await attached(store, TODAY);
    for (const table of PARTITIONED_TABLES) {
      for (const day of [TODAY - 20, TODAY - 5, TODAY + 90]) store.put(table, day);
    }
    await keeper.run();
    const ahead = Array.from({ length: DAYS_AHEAD }, (_, n) => `create attempts ${DAYS_AHEAD - n}`);
    expect(of(store, 'attempts')).toEqual([...ahead, 'create attempts -1', 'create attempts -5', 'clean attempts -7']);
    expect(of(store, 'events')).toContain('create events -20');
  });

  it('drops what is past its retention, goes on with what was left half dropped, and keeps for ever at 0', async () => {
    const { store, keeper } = made();
    await attached(store, TODAY - 40, TODAY - 31, TODAY - 30, TODAY - 7);
    for (const table of PARTITIONED_TABLES) await store.detach(table, TODAY - 40);
    store.changes.length = 0;
    await keeper.run();
    const drops = (table: string) => of(store, table).filter((line) => !line.startsWith('create'));
    expect(drops('events')).toEqual([
      'remove events -40',
      'detach events -31',
      'remove events -31',
      'clean events -30',
    ]);
    expect(drops('attempts')).toContain('detach attempts -30');
    expect(drops('attempts')).not.toContain('detach attempts -7');
    expect(drops('activity_log')).toEqual(['remove activity_log -40']);
  });

  it('makes the days ahead and drops old ones where the rows of others cannot be moved, and says so', async () => {
    const { store, keeper, failed } = made();
    await attached(store, TODAY - 31);
    store.stuck = [TODAY, TODAY - 1];
    await keeper.run();
    const ahead = Array.from({ length: DAYS_AHEAD }, (_, n) => `create events ${DAYS_AHEAD - n}`);
    expect(of(store, 'events')).toEqual([...ahead, 'detach events -31', 'remove events -31', 'clean events -30']);
    expect(failed).toEqual(PARTITIONED_TABLES.map(({ name }) => name));
  });

  it('tries no further days once two could not be made, for each holds up readers', async () => {
    const { store, keeper } = made();
    const tried: UtcDay[] = [];
    store.create = async (_, day) => {
      tried.push(day - TODAY);
      throw new Error('a lock was not to be had');
    };
    await keeper.run();
    expect(tried).toEqual(PARTITIONED_TABLES.flatMap(() => [DAYS_AHEAD, DAYS_AHEAD - 1]));
  });

  it('drops nothing before its time by the clock of the database, too', async () => {
    const { store, keeper } = made();
    await attached(store, TODAY - 45, TODAY - 31);
    store.clockMs = (TODAY - 10) * DAY_MS;
    await keeper.run();
    expect(of(store, 'events').filter((line) => line.startsWith('detach'))).toEqual(['detach events -45']);
  });

  it('leaves old rows of the default partition for the next run once it has removed its share', async () => {
    const { store, keeper } = made();
    const removed: number[] = [];
    store.removeFromDefault = async ({ name }, _, __, maxRows) => {
      if (name === 'attempts') removed.push(maxRows);
      return maxRows;
    };
    await keeper.run();
    expect(removed).toEqual(Array.from({ length: REMOVED_MAX_BATCHES }, () => REMOVED_MAX_ROWS));
  });

  it('keeps the other tables while one fails, and calls it an error once it has failed for long', async () => {
    const { store, keeper, failed, lines, times } = made();
    store.broken = 'deliveries';
    await keeper.run();
    expect(failed).toEqual(['deliveries']);
    expect(of(store, 'activity_log')).not.toEqual([]);
    times.monotonicMs = FAILING_ALARM_MS;
    await keeper.run();
    expect(lines.map(({ level }) => level)).toEqual([40, 50]);
    store.broken = '';
    await keeper.run();
    store.broken = 'deliveries';
    await keeper.run();
    expect(lines.at(-1)).toMatchObject({ level: 40 });
  });

  it('names a partition by its day, and knows the day by the name', () => {
    expect(partitionName('activity_log', TODAY)).toBe('activity_log_20260310');
    expect(dayOfPartition('activity_log_20260310')).toBe(TODAY);
  });
});
