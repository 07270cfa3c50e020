import { fixedClock } from '@hookstile/testing';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { PartitionStore } from './partition.store.js';
import { PartitionKeeper } from './partition-keeper.js';
import type { PartitionedTable } from './partitioned-tables.js';
import { DAYS_AHEAD, FAILING_ALARM_MS, REMOVED_MAX_BATCHES, REMOVED_MAX_ROWS } from './partitions.bounds.js';
import { DAY_MS, dayOf, dayOfPartition, partitionName, type UtcDay } from './utc-day.js';

const TODAY = dayOf(Date.parse('2026-03-10T12:00:00Z'));
const KEPT = { events: 30, attempts: 7, 'activity-log': 0 };

/** Says what it was asked to do; `broken` tables fail. */
class NotedStore implements PartitionStore {
  readonly done: string[] = [];
  broken = '';
  attached: UtcDay[] = [];
  detached: UtcDay[] = [];
  inDefault: UtcDay[] = [];
  removed = 0;

  async partitionsOf({ name }: PartitionedTable) {
    if (name === this.broken) throw new Error('a lock was not to be had');
    return { attached: this.attached, detached: this.detached };
  }
  async daysInDefault(_: PartitionedTable, from: UtcDay, until: UtcDay) {
    return this.inDefault.filter((day) => day >= from && day < until);
  }
  create = (table: PartitionedTable, day: UtcDay) => this.#note('create', table, day);
  detach = (table: PartitionedTable, day: UtcDay) => this.#note('detach', table, day);
  remove = (table: PartitionedTable, day: UtcDay) => this.#note('remove', table, day);
  async removeFromDefault({ name }: PartitionedTable, before: UtcDay, _: UtcDay, maxRows: number) {
    this.done.push(`clean ${name} ${before - TODAY}`);
    return this.removed === Number.POSITIVE_INFINITY ? maxRows : 0;
  }
  async countDefault() {
    return 3;
  }

  async #note(what: string, { name }: PartitionedTable, day: UtcDay) {
    this.done.push(`${what} ${name} ${day - TODAY}`);
    return 'done' as const;
  }
}

describe('the keeper of day partitions', () => {
  const made = () => {
    const store = new NotedStore();
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
  const of = (done: readonly string[], table: string) => done.filter((line) => line.split(' ')[1] === table);

  it('makes the days ahead, and those that the default partition holds rows of, but for what is past its retention', async () => {
    const { store, keeper } = made();
    store.attached = [TODAY];
    store.inDefault = [TODAY - 20, TODAY - 5, TODAY + 90];
    await keeper.run();
    const ahead = Array.from({ length: DAYS_AHEAD }, (_, n) => `create attempts ${n + 1}`);
    expect(of(store.done, 'attempts')).toEqual([
      'create attempts -1',
      ...ahead,
      'create attempts -5',
      'clean attempts -7',
    ]);
    expect(of(store.done, 'events')).toContain('create events -20');
  });

  it('drops what is past its retention, goes on with what was left half dropped, and keeps for ever at 0', async () => {
    const { store, keeper } = made();
    store.attached = [TODAY - 31, TODAY - 30, TODAY - 7];
    store.detached = [TODAY - 40];
    await keeper.run();
    const drops = (table: string) => of(store.done, table).filter((line) => !line.startsWith('create'));
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

  it('leaves old rows of the default partition for the next run once it has removed its share', async () => {
    const { store, keeper } = made();
    store.removed = Number.POSITIVE_INFINITY;
    await keeper.run();
    expect(of(store.done, 'attempts').filter((line) => line.startsWith('clean'))).toHaveLength(REMOVED_MAX_BATCHES);
    expect(REMOVED_MAX_BATCHES * REMOVED_MAX_ROWS).toBeGreaterThan(100_000);
  });

  it('keeps the other tables while one fails, and calls it an error once it has failed for long', async () => {
    const { store, keeper, failed, lines, times } = made();
    store.broken = 'deliveries';
    await keeper.run();
    expect(failed).toEqual(['deliveries']);
    expect(of(store.done, 'activity_log')).not.toEqual([]);
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
