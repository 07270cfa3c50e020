import type { EpochRow, MarkRow, PositionRow, UnreadableRow } from '../project/rows.js';
import { storable } from './copy-encoder.js';
import { names, projectionTable, smallTable } from './projection-table.js';

/** What the projections remember of partitions, besides the views. */

export const EPOCHS = smallTable<EpochRow>({
  name: 'partition_epochs',
  columns: { partition: 'integer', epoch: 'bigint', first_offset: 'bigint' },
  rowsOf: (rows) => rows.epochs,
  valuesOf: (row) => [row.partition, row.epoch, row.firstOffset],
  key: 'partition, epoch',
  onConflict: `do update set first_offset = excluded.first_offset
    where excluded.first_offset < partition_epochs.first_offset`,
});

export const MARKS = smallTable<MarkRow>({
  name: 'delivery_marks',
  columns: {
    partition: 'integer',
    source_partition: 'integer',
    source_offset: 'bigint',
    integration_id: 'text',
    set_at: 'bigint',
  },
  rowsOf: (rows) => rows.marks,
  valuesOf: (row) => [row.partition, row.sourcePartition, row.sourceOffset, storable(row.integrationId), row.setAt],
  key: 'partition, source_partition',
  onConflict: `do update set
    source_offset = excluded.source_offset, integration_id = excluded.integration_id, set_at = excluded.set_at
    where excluded.set_at > delivery_marks.set_at`,
});

export const UNREADABLE = projectionTable<UnreadableRow>({
  name: 'unreadable_records',
  columns: names('topic partition record_offset detail at'),
  rowsOf: (rows) => rows.unreadable,
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

export const POSITIONS = smallTable<PositionRow>({
  name: 'projection_positions',
  columns: { topic: 'text', partition: 'integer', next_offset: 'bigint' },
  rowsOf: (rows) => rows.positions,
  valuesOf: (row) => [row.topic, row.partition, row.nextOffset],
  key: 'topic, partition',
  onConflict: `do update set next_offset = excluded.next_offset
    where excluded.next_offset > projection_positions.next_offset`,
});
