import type { PartitionChange, PartitionStore, Partitions } from './partition.store.js';
import type { PartitionedTable } from './partitioned-tables.js';
import type { UtcDay } from './utc-day.js';

interface FakeRow {
  table: string;
  day: UtcDay;
  /** It outlives its partition. */
  open: boolean;
  inDefault: boolean;
}

/** Partitions and rows of days, in memory; `changes` says what was asked for, as `detach attempts 20000`. */
export class FakePartitionStore implements PartitionStore {
  readonly changes: string[] = [];
  rows: FakeRow[] = [];
  clockMs = Number.POSITIVE_INFINITY;
  /** A table whose partitions cannot be read. */
  broken = '';
  /** Days whose partitions cannot be made. */
  stuck: readonly UtcDay[] = [];
  readonly #states = new Map<string, Map<UtcDay, 'attached' | 'detached'>>();

  put({ name }: PartitionedTable, day: UtcDay, open = false): void {
    this.rows.push({ table: name, day, open, inDefault: this.#statesOf(name).get(day) !== 'attached' });
  }

  /** Days of the rows that a reader finds. */
  daysOf({ name }: PartitionedTable): UtcDay[] {
    const found = this.rows.filter((row) => row.table === name && this.#isVisible(row));
    return found.map(({ day }) => day).sort((a, b) => a - b);
  }

  async nowMs(): Promise<number> {
    return this.clockMs;
  }

  async partitionsOf({ name }: PartitionedTable): Promise<Partitions> {
    if (name === this.broken) throw new Error('a lock was not to be had');
    const days = (wanted: string) =>
      [...this.#statesOf(name)].filter(([, state]) => state === wanted).map(([day]) => day);
    return { attached: days('attached'), detached: days('detached') };
  }

  async daysInDefault({ name }: PartitionedTable, from: UtcDay, until: UtcDay, max: number): Promise<UtcDay[]> {
    const found = this.#ofDefault(name).filter(({ day }) => day >= from && day < until);
    return [...new Set(found.map(({ day }) => day))].sort((a, b) => a - b).slice(0, max);
  }

  async create({ name }: PartitionedTable, day: UtcDay): Promise<PartitionChange> {
    if (this.stuck.includes(day)) throw new Error('its rows could not be moved in time');
    this.changes.push(`create ${name} ${day}`);
    if (this.#statesOf(name).has(day)) return 'done';
    this.#statesOf(name).set(day, 'attached');
    for (const row of this.#ofDefault(name)) if (row.day === day) row.inDefault = false;
    return 'done';
  }

  async detach({ name }: PartitionedTable, day: UtcDay): Promise<PartitionChange> {
    this.changes.push(`detach ${name} ${day}`);
    if (this.#statesOf(name).has(day)) this.#statesOf(name).set(day, 'detached');
    return 'done';
  }

  async remove({ name }: PartitionedTable, day: UtcDay): Promise<PartitionChange> {
    this.changes.push(`remove ${name} ${day}`);
    if (this.#statesOf(name).get(day) !== 'detached') return 'done';
    this.#statesOf(name).delete(day);
    const isGone = (row: FakeRow) => row.table === name && row.day === day && !row.inDefault;
    this.rows = this.rows
      .filter((row) => !isGone(row) || row.open)
      .map((row) => (isGone(row) ? { ...row, inDefault: true } : row));
    return 'done';
  }

  async removeFromDefault({ name }: PartitionedTable, before: UtcDay, outlivingBefore: UtcDay, maxRows: number) {
    this.changes.push(`clean ${name} ${before}`);
    const old = this.#ofDefault(name).filter(
      ({ day, open }) => day < (open ? Math.min(before, outlivingBefore) : before),
    );
    const removed = new Set(old.slice(0, maxRows));
    this.rows = this.rows.filter((row) => !removed.has(row));
    return removed.size;
  }

  async countDefault({ name }: PartitionedTable, maxRows: number): Promise<number> {
    return Math.min(this.#ofDefault(name).length, maxRows);
  }

  #ofDefault(table: string): FakeRow[] {
    return this.rows.filter((row) => row.table === table && row.inDefault);
  }

  #isVisible(row: FakeRow): boolean {
    return row.inDefault || this.#statesOf(row.table).get(row.day) === 'attached';
  }

  #statesOf(table: string): Map<UtcDay, 'attached' | 'detached'> {
    const known = this.#states.get(table) ?? new Map();
    this.#states.set(table, known);
    return known;
  }
}
