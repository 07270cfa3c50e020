import { DELIVERIES } from '../projection/projection-tables.js';
import type { KeptKind } from './kept-since.js';

/** Where they are, and what holds where a newer row came in between. Statistics count them. */
export interface OutlivingRows {
  condition: string;
  /** What is kept of them: not what they said before, which counts take away. */
  columns: string;
  key: string;
  onConflict: string;
}

export interface PartitionedTable {
  name: string;
  /** The column that its list is ordered by, and its partitions are made by. */
  time: string;
  kind: KeptKind;
  /** Storage parameters of each partition; a partitioned table has none that they could take over. */
  storage: string;
  /** Rows that outlive their partition. */
  outliving: OutlivingRows | null;
}

/** A delivery that has not ended is not forgotten: its next record would otherwise bring back a row without a past. */
const OPEN_DELIVERIES = {
  condition: `status in ('pending', 'held')`,
  columns: DELIVERIES.columns,
  key: DELIVERIES.key,
  onConflict: DELIVERIES.onConflict,
};

/** Events go first, so that none names deliveries that are gone. */
export const PARTITIONED_TABLES: readonly PartitionedTable[] = [
  { name: 'events', time: 'accepted_at', kind: 'events', storage: '', outliving: null },
  {
    name: 'deliveries',
    time: 'accepted_at',
    kind: 'events',
    storage: 'with (fillfactor = 90)',
    outliving: OPEN_DELIVERIES,
  },
  { name: 'attempts', time: 'at', kind: 'attempts', storage: '', outliving: null },
  { name: 'activity_log', time: 'at', kind: 'activity-log', storage: '', outliving: null },
];
