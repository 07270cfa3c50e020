import type { ProjectionRows } from '../project/projection-rows.js';
import type { EpochRow, MarkRow, PositionRow } from '../project/rows.js';

/** Where the projections' rows go. */
export interface ProjectionStore {
  /**
   * Writes all rows in one transaction, durably. What is stored already stays, or takes what the rows add: the same
   * rows again, or in another order, end in the same state.
   */
  write(rows: ProjectionRows): Promise<void>;
  /** The epochs known of these partitions of the journal. */
  epochsOf(partitions: readonly number[]): Promise<readonly EpochRow[]>;
  /** The marks known of these partitions of `deliveries`. */
  marksOf(partitions: readonly number[]): Promise<readonly MarkRow[]>;
  /** How far the partitions of these topics are projected; none of what was never read. */
  positionsOf(topics: readonly string[]): Promise<readonly PositionRow[]>;
}

export const PROJECTION_STORE = Symbol('ProjectionStore');
