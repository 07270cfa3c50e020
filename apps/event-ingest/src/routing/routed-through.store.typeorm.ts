import type { DataSource } from 'typeorm';
import type { RoutedThroughStore } from './routed-through.store.js';

export type RoutedThroughTable = 'routed_through' | 'redeliveries_routed_through';

const loadOf = (table: RoutedThroughTable) =>
  `SELECT source_partition, next_offset::float8 AS next_offset FROM ${table}`;

/** Sorted, so that two routers lock the rows in the same order. */
const saveOf = (table: RoutedThroughTable) => `
  INSERT INTO ${table} AS stored (source_partition, next_offset)
  SELECT * FROM unnest($1::integer[], $2::bigint[]) AS given (source_partition, next_offset) ORDER BY source_partition
  ON CONFLICT (source_partition) DO UPDATE SET next_offset = excluded.next_offset
  WHERE stored.next_offset < excluded.next_offset`;

export class TypeormRoutedThroughStore implements RoutedThroughStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly table: RoutedThroughTable,
  ) {}

  async load(): Promise<Map<number, number>> {
    const rows: { source_partition: number; next_offset: number }[] = await this.dataSource.query(loadOf(this.table));
    return new Map(rows.map((row) => [row.source_partition, row.next_offset]));
  }

  async save(offsets: ReadonlyMap<number, number>): Promise<void> {
    if (offsets.size === 0) return;
    await this.dataSource.query(saveOf(this.table), [[...offsets.keys()], [...offsets.values()]]);
  }
}
