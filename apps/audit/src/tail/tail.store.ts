import type { EventLogLine } from '../event-log/event-log.store.js';
import type { TailPosition } from './tail-position.js';

export interface TailRow {
  line: EventLogLine;
  /** Of the row itself. */
  position: TailPosition;
}

/** Attempts in the order in which they became visible for good: by flush, then by time and id. */
export interface TailStore {
  /**
   * The highest flush such that no row of it, or of one below, can still appear. Null at a moment when that cannot be
   * told; the next look can.
   */
  horizon(): Promise<number | null>;
  /** Rows of these tenants behind `after`, up to and with the flush `until`; in order, as many as the limit. */
  behind(tenants: readonly string[], after: TailPosition, until: number, limit: number): Promise<TailRow[]>;
  /** Whether a tenant has more rows than this behind the position. */
  hasMoreThan(rows: number, tenantId: string, after: TailPosition): Promise<boolean>;
}
