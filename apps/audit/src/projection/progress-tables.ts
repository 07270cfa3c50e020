import type { EpochRow, MarkRow, PositionRow, UnreadableRow } from '../project/rows.js';
import { names, projectionTable } from './projection-table.js';

/** What the projections remember of partitions, besides the views. */

export const EPOCHS = projectionTable<EpochRow>({
  name: 'partition_epochs',
  columns: names('partition epoch first_offset'),
  rowsOf: (rows) => rows.epochs.values(),
  encode: (copy, row) => {
    copy.integer(row.partition);
    copy.bigint(row.epoch);
    copy.bigint(row.firstOffset);
  },
  key: 'partition, epoch',
  onConflict: `do update set first_offset = excluded.first_offset
    where excluded.first_offset < partition_epochs.first_offset`,
});

export const MARKS = projectionTable<MarkRow>({
  name: 'delivery_marks',
  columns: names('partition source_partition source_offset integration_id set_at'),
  rowsOf: (rows) => rows.marks.values(),
  encode: (copy, row) => {
    copy.integer(row.partition);
    copy.integer(row.sourcePartition);
    copy.bigint(row.sourceOffset);
    copy.text(row.integrationId);
    copy.bigint(row.setAt);
  },
  key: 'partition, source_partition',
  onConflict: `do update set
    source_offset = excluded.source_offset, integration_id = excluded.integration_id, set_at = excluded.set_at
    where excluded.set_at > delivery_marks.set_at`,
});

export const UNREADABLE = projectionTable<UnreadableRow>({
  name: 'unreadable_records',
  columns: names('topic partition record_offset detail at'),
  rowsOf: (rows) => rows.unreadable.values(),
  encode: (copy, row) => {
    copy.text(row.topic);
    copy.integer(row.partition);
    copy.bigint(row.offset);
    copy.text(row.detail);
    copy.timestamptz(row.atMs);
  },
  key: 'topic, partition, record_offset',
  onConflict: 'do nothing',
});

export const POSITIONS = projectionTable<PositionRow>({
  name: 'projection_positions',
  columns: names('topic partition next_offset'),
  rowsOf: (rows) => rows.positions.values(),
  encode: (copy, row) => {
    copy.text(row.topic);
    copy.integer(row.partition);
    copy.bigint(row.nextOffset);
  },
  key: 'topic, partition',
  onConflict: `do update set next_offset = excluded.next_offset
    where excluded.next_offset > projection_positions.next_offset`,
});
