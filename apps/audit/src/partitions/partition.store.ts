import type { PartitionedTable } from './partitioned-tables.js';
import type { UtcDay } from './utc-day.js';

export interface Partitions {
  /** Days with a partition. */
  attached: readonly UtcDay[];
  /** Days whose partition was taken out of its table and is still there. */
  detached: readonly UtcDay[];
}

/** `busy`: another process has a hand in this table. */
export type PartitionChange = 'done' | 'busy';

/** Changes reject where the locks that they need were not to be had in time; nothing is changed then. */
export interface PartitionStore {
  /** Unix milliseconds by the store's own clock. */
  nowMs(): Promise<number>;
  partitionsOf(table: PartitionedTable): Promise<Partitions>;
  /** Days, in [from, until), of which the default partition holds rows; at most so many, the oldest first. */
  daysInDefault(table: PartitionedTable, from: UtcDay, until: UtcDay, max: number): Promise<readonly UtcDay[]>;
  /** Makes the day's partition and moves there what the default one has of the day. */
  create(table: PartitionedTable, day: UtcDay): Promise<PartitionChange>;
  /** Takes a day out of its table, from one moment to the next. */
  detach(table: PartitionedTable, day: UtcDay): Promise<PartitionChange>;
  /** Deletes a detached partition, but for rows that outlive it: those go into the default one. */
  remove(table: PartitionedTable, day: UtcDay): Promise<PartitionChange>;
  /** Removes rows of the default partition before a day, those that outlive theirs before another; resolves with how many. */
  removeFromDefault(table: PartitionedTable, before: UtcDay, outlivingBefore: UtcDay, maxRows: number): Promise<number>;
  /** Rows of the default partition, counted up to a number. */
  countDefault(table: PartitionedTable, maxRows: number): Promise<number>;
}
