import type { Bucket } from './stats.bounds.js';
import type { Tallies } from './tally-kind.js';

/** Whole buckets, in Unix milliseconds: `fromMs` and `toMs` are bounds of buckets, the second exclusive. */
export interface StatsQuery {
  /** Null: all of the tenant's. */
  integrationId: string | null;
  bucket: Bucket;
  fromMs: number;
  toMs: number;
}

/** What was counted in one bucket. Late attempts and tests are not. */
export interface BucketCounts extends Tallies {
  fromMs: number;
  succeeded: number;
  failed: number;
  /** Deliveries whose event was accepted in it. */
  opened: number;
  /** Deliveries that ended in it; one that is redelivered has not ended any more. */
  ended: number;
}

export interface CountedStats {
  /** Those of the buckets in which anything was counted, oldest first. */
  buckets: readonly BucketCounts[];
  /** How many more deliveries were opened than ended behind the last bucket. */
  openedAfter: number;
  pending: number;
  held: number;
  /** When the event of the oldest delivery that is pending or held was accepted; null where none is. */
  oldestAtMs: number | null;
}

export interface StatsStore {
  /** All of it at one moment: what a flush writes is in all of the counts or in none. */
  read(tenantId: string, query: StatsQuery): Promise<CountedStats>;
  /** Removes counts by the minute, or by the hour, of before a time; so many rows at most. Resolves with how many. */
  removeBefore(counted: 'minute' | 'hour', beforeMs: number, maxRows: number): Promise<number>;
}

export const STATS_STORE = Symbol('StatsStore');
