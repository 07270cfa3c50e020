import type { ViewTable } from '../read/view-tables.js';
import type { Bucket } from './stats.bounds.js';

export interface StatsTable {
  name: ViewTable;
  /** What one row of an integration, or of a tenant, counts. */
  width: 'minute' | 'hour';
}

export const MINUTES_TABLE: StatsTable = { name: 'stats_minutes', width: 'minute' };
export const HOURS_TABLE: StatsTable = { name: 'stats_hours', width: 'hour' };

/** The coarsest rows that a bucket is made of. */
export const TABLE_OF: Readonly<Record<Bucket, StatsTable>> = {
  minute: MINUTES_TABLE,
  hour: HOURS_TABLE,
  day: HOURS_TABLE,
};
